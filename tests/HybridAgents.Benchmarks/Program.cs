using HybridAgents.Benchmarks;
using HybridAgents.Benchmarks.Engine;
using HybridAgents.Benchmarks.Gateway;
using HybridAgents.Benchmarks.Hosts;
using HybridAgents.Benchmarks.Knowledge;
using HybridAgents.Benchmarks.Peers;
using HybridAgents.Benchmarks.Pipeline;
using HybridAgents.Benchmarks.Routing;
using HybridAgents.Benchmarks.Runs;

// dotnet run -c Release --project tests/HybridAgents.Benchmarks -- [name …] [--data DIR] [--report FILE]
//     routing, pipeline, gateway, knowledge   each apart from the others, which measure the engine: docs/benchmarks/
//     serve --port N --data DIR --model-url URL [--exec-log FILE] [--gate closed]   the HTTP front for a comparison with other engines
if (args is ["serve", .. string[] settings])
    return await PeerFront.RunAsync(settings);

Dictionary<string, Func<BenchmarkSetup, Task<Section>>> benchmarks = new(StringComparer.OrdinalIgnoreCase)
{
    ["chains"] = ChainBenchmark.RunAsync,
    ["runs"] = AgentRunBenchmark.RunAsync,
    ["history"] = HistoryBenchmark.RunAsync,
    ["turns"] = TurnMemoryBenchmark.RunAsync,
    ["append"] = AppendBenchmark.RunAsync,
    ["steps"] = StepCostBenchmark.RunAsync,
    ["recovery"] = RecoveryBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["rows"] = RowMemoryBenchmark.RunAsync,
    ["waiting"] = WaitingRunsBenchmark.RunAsync,
    ["cold"] = ColdStartBenchmark.RunAsync,
    ["routing"] = RoutingBenchmark.RunAsync,
    ["pipeline"] = PipelineBenchmark.RunAsync,
    ["gateway"] = GatewayBenchmark.RunAsync,
    ["knowledge"] = SearchBenchmark.RunAsync,
};
List<string> names = [];
string data = Path.Combine(Directory.GetCurrentDirectory(), ".benchmarks");
string? report = null;
for (int index = 0; index < args.Length; index++)
{
    if (args[index] is "--data" or "--report" && index + 1 < args.Length)
    {
        if (args[index] == "--data")
            data = args[index + 1];
        else
            report = args[index + 1];
        index++;
    }
    else if (benchmarks.ContainsKey(args[index]))
    {
        names.Add(args[index]);
    }
    else
    {
        await Console.Error.WriteLineAsync($"Unknown: '{args[index]}'. Known: {string.Join(", ", benchmarks.Keys)}, --data DIR, --report FILE.");
        return 2;
    }
}

BenchmarkSetup setup = new(data);
List<Section> sections = [];
foreach (string name in names.Count > 0 ? names : benchmarks.Keys.Where(name => name is not ("routing" or "pipeline" or "gateway" or "knowledge")))
{
    await Console.Error.WriteLineAsync($"{name} …");
    sections.Add(await benchmarks[name](setup));
}

string text = Report.Write(ReportSubject.Of(names), setup, sections);
Console.WriteLine(text);
if (report is not null)
    await File.WriteAllTextAsync(report, text);
return 0;
