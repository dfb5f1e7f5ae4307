using System.Globalization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using Microsoft.Extensions.Options;

namespace HybridAgents.Benchmarks.Routing;

/// <summary>What a routing decision costs: measuring the request, and choosing.</summary>
internal static class RoutingBenchmark
{
    private const int Rounds = 20_000;
    private const int Repetitions = 9;

    public static Task<Section> RunAsync(BenchmarkSetup setup)
    {
        PrivacyScanner scanner = new(Options.Create(new PrivacyOptions()));
        ComplexityScorerV1 first = new();
        ComplexityScorerV2 second = new();
        FeatureExtractor features = new(scanner, second);
        RoutingPolicy policy = new();
        List<string[]> rows = [];
        foreach ((string kind, string prompt) in Prompts())
        {
            Message[] messages = [Message.User(prompt)];
            rows.Add(Measure($"whole decision, {kind}", () => Router.Decide(new(features.Measure(messages, PrivacyLabel.Standard, [], 1024), policy, Catalogue(6), Health)).Candidates.Count));
            rows.Add(Measure($"– privacy scan, {kind}", () => (int)scanner.Scan(prompt)));
            rows.Add(Measure($"– scorer v2, {kind}", () => second.Score(prompt) > 0 ? 1 : 0));
            rows.Add(Measure($"– token estimate, {kind}", () => TokenEstimator.Estimate(prompt)));
            rows.Add(Measure($"scorer v1, {kind}", () => first.Score(prompt) > 0 ? 1 : 0));
        }

        foreach (int models in (int[])[2, 6, 30])
        {
            RoutingFeatures measured = new(0.3, 250, PrivacyLabel.Standard, NeedsTools: true, 1024);
            rows.Add(Measure($"choosing among {models} models", () => Router.Decide(new(measured, policy, Catalogue(models), Health)).Candidates.Count));
        }

        return Task.FromResult(new Section(
            "A routing decision", ["what", "µs of processor time", "bytes"], rows,
            $"Median of {Repetitions} repetitions of {Rounds:N0} calls. Prompts have 1,024 characters. Target: a whole decision takes at most 5 µs and allocates at most 1 KB."));
    }

    private static readonly Dictionary<ModelRef, ModelHealth> Health = new()
    {
        [new("ollama", "m0")] = new(true, 850, 0.02),
        [new("openai", "m1")] = new(true, 420, 0),
    };

    private static readonly Dictionary<int, ModelInfo[]> Catalogues = [];

    private static ModelInfo[] Catalogue(int count)
    {
        if (Catalogues.TryGetValue(count, out ModelInfo[]? known))
            return known;
        return Catalogues[count] =
        [
            .. Enumerable.Range(0, count).Select(index => new ModelInfo
            {
                Ref = new(index % 2 == 0 ? "ollama" : "openai", $"m{index}"),
                Locality = index % 2 == 0 ? Locality.Local : Locality.Cloud,
                SupportsTools = true,
                ContextWindow = 32_768,
                Price = index % 2 == 0 ? new(0, 0) : new(2.5m, 10),
                IsProviderDefault = index < 2,
            }),
        ];
    }

    private static IEnumerable<(string Kind, string Text)> Prompts()
    {
        yield return ("prose", Fill("The committee met on Tuesday to talk about the plans for the new library, and most people liked the idea of longer opening hours in winter. "));
        yield return ("prose with figures", Fill("In 2024 the town had 18,250 inhabitants, 3.4 % more than in 2019; the 12 schools teach 2,140 pupils in 96 classes. "));
        yield return ("code", Fill("for (int i = 0; i < items.Count; i++) {\n    if (items[i].Value == limit) return items[i];\n}\n"));
    }

    private static string Fill(string piece) => string.Concat(Enumerable.Repeat(piece, 1024 / piece.Length + 1))[..1024];

    private static string[] Measure(string name, Func<int> call)
    {
        int sum = 0;
        for (int round = 0; round < Rounds; round++)
            sum += call();
        List<double> times = [];
        long bytes = 0;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan begun = Environment.CpuUsage.TotalTime;
            for (int round = 0; round < Rounds; round++)
                sum += call();
            times.Add((Environment.CpuUsage.TotalTime - begun).TotalMicroseconds / Rounds);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        }

        GC.KeepAlive(sum);
        return [name, Samples.Spread(times, "N2"), bytes.ToString("N0", CultureInfo.InvariantCulture)];
    }
}
