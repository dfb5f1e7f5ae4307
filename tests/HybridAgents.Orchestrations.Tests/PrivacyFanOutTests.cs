using System.Globalization;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>Random teams against recording models: what one branch has met stays home in the branch, and in all that reads its answer, whatever fails meanwhile.</summary>
public sealed class PrivacyFanOutTests
{
    private const int Teams = 60;
    private const int AtOnce = 10;

    private static readonly string[] Members = ["alpha", "beta", "gamma"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Team_AnyBranchMeetsSecrets_NothingOfThemReachesTheCloud(int seed)
    {
        Random random = new(seed);
        Dictionary<string, Case> cases = Enumerable.Range(0, Teams).Select(number => Case.Any(random, string.Create(CultureInfo.InvariantCulture, $"mark{number:D5}"))).ToDictionary(one => one.Mark);
        TestTool looks = new("looks", (call, _) => Task.FromResult(new ToolOutput(cases[call.Arguments.GetProperty("of").GetString()![..9]].Says(call.Arguments.GetProperty("of").GetString()![10..]))))
        {
            Definition = TestTool.Define("looks") with { Parameters = System.Text.Json.JsonElement.Parse("""{"type":"object","properties":{"of":{"type":"string"}},"required":["of"]}""") },
        };
        await using RunHost host = await RunHost.StartAsync(looks);
        host.Models.Models.AddRange([Cloud("cloud:big"), Cloud("cloud:bigger"), Local("local:other")]);
        host.Models.Script = (request, token) => Act(cases[MarkOf(request)], request)(request, token);
        List<RunView> ended = [];
        foreach (Case[] group in cases.Values.Chunk(AtOnce))
            ended.AddRange(await Task.WhenAll(group.Select(one => host.RunAsync(one.Request))));

        foreach (Cleared<ModelRequest> sent in host.Models.Sent.Where(sent => sent.Destination.Locality == Locality.Cloud))
            OutsideText.Of(sent.Value).ShouldAllBe(text => !text.Contains("hunter2", StringComparison.Ordinal), sent.Destination.Name);
        foreach (Cleared<ModelRequest> read in host.Models.Sent.Where(sent => MemberOf(sent.Value) is null && Turn(sent.Value) > 0 && cases[MarkOf(sent.Value)].Leaking.Count > 0))
            (read.Label, read.Destination.Locality).ShouldBe((PrivacyLabel.Private, Locality.Local), "The coordinator reads what a branch made of a secret.");

        host.Models.Sent.ShouldContain(sent => sent.Destination.Locality == Locality.Cloud);
        host.Models.Sent.ShouldContain(sent => sent.Label == PrivacyLabel.Private);
        ended.Count(run => run.Status == RunStatus.Completed).ShouldBeGreaterThan(Teams / 4);
    }

    /// <summary>The coordinator asks its whole team, a member looks and then says what it saw or that all is quiet; models fail as the dice say.</summary>
    private static ModelScript Act(Case one, ModelRequest request)
    {
        if (one.Failing.Contains(request.Model.ToString()))
            return Fails(ProviderFault.ServerError, one.Cut ? "Half" : "");
        if (MemberOf(request) is not { } member)
            return Turn(request) == 0 ? Calls(("parallel_processing", $$"""{"task":"{{one.Mark}}: look","subsystems":["alpha","beta","gamma"]}""")) : Says("Done.");
        return Turn(request) == 0 ? Calls(("looks", $$"""{"of":"{{one.Mark}} {{member}}"}""")) : Says(one.Repeats ? one.Says(member) : "All quiet.");
    }

    private static string? MemberOf(ModelRequest request) => Array.Find(Members, member => request.Messages[0].Content!.Contains($"I am {member}", StringComparison.Ordinal));

    private static string MarkOf(ModelRequest request) => request.Messages.Select(message => message.Content ?? "").First(text => text.StartsWith("mark", StringComparison.Ordinal))[..9];

    /// <summary>One team.</summary>
    /// <param name="Mark">Tells it from the others.</param>
    /// <param name="Request">How it starts.</param>
    /// <param name="Leaking">The members whose tool gives a secret.</param>
    /// <param name="Repeats">Whether members say what they saw.</param>
    /// <param name="Failing">The models that fail.</param>
    /// <param name="Cut">Whether they fail in the middle of a message.</param>
    private sealed record Case(string Mark, RunRequest Request, HashSet<string> Leaking, bool Repeats, HashSet<string> Failing, bool Cut)
    {
        public static Case Any(Random random, string mark) => new(
            mark,
            RunHost.Ask($"{mark}: ask the team.") with
            {
                Agent = new() { Instructions = "root", SubAgents = [.. Members.Select(name => new SubAgent(name, "looks", new() { Instructions = $"I am {name}", Tools = ["looks"] }))] },
                Routing = new() { LatencyPreference = (LatencyPreference)random.Next(4) },
            },
            [.. Members.Where(_ => random.Next(3) == 0)],
            random.Next(2) == 0,
            [.. new[] { "local:small", "cloud:big", "cloud:bigger" }.Where(_ => random.Next(4) == 0)],
            random.Next(2) == 0);

        public string Says(string member) => Leaking.Contains(member) ? $"my password is {Mark}-hunter2" : "Nothing of note.";
    }
}
