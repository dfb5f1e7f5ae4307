using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>Random runs against recording models: what a cloud model is sent is searched for the marks of every run whose text may not go there.</summary>
public sealed partial class PrivacyPropertyTests
{
    private const int Runs = 300;
    private const int AtOnce = 20;

    /// <summary>Ways in which a mark is made private by the text itself.</summary>
    private static readonly string[] Secrets =
    [
        "my password is {0}-hunter2", "api key: {0}Zx81Qw72Lm", "mail {0}@example.org about it", "{0}: card 4111 1111 1111 1111", "pay {0} to DE89 3704 0044 0532 0130 00",
        "postgres://app:{0}pw@db.internal/main",
    ];

    private static readonly ProviderFault[] Faults = [ProviderFault.ServerError, ProviderFault.RateLimited, ProviderFault.Timeout, ProviderFault.ModelNotFound];

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    [InlineData(3, false, false)]
    [InlineData(4, true, true)]
    public async Task Run_AnyConversation_SendsNothingPrivateToTheCloud(int seed, bool consentCounts, bool localOnly)
    {
        Random random = new(seed);
        LogProbe log = new(LogLevel.Trace);
        Dictionary<string, Case> cases = [];
        for (int number = 0; number < Runs; number++)
        {
            Case one = Case.Any(random, string.Create(CultureInfo.InvariantCulture, $"mark{number:D5}"));
            cases.Add(one.Mark, one);
        }

        TestTool reads = new("reads", (call, _) => Task.FromResult(new ToolOutput(cases[call.Arguments.GetProperty("of").GetString()!].FromTool!)))
        {
            Definition = TestTool.Define("reads") with { Parameters = JsonElement.Parse("""{"type":"object","properties":{"of":{"type":"string"}},"required":["of"]}""") },
        };
        await using RunHost host = await RunHost.StartAsync(null, services => services
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log))
            .Configure<PrivacyOptions>(options => (options.AllowCloudFallback, options.LocalOnly) = (consentCounts, localOnly)), reads);
        host.Models.Models.AddRange([Cloud("cloud:big"), Cloud("cloud:bigger"), Local("local:other")]);
        host.Models.Script = (request, cancellationToken) => Act(cases[MarkOf(request)], request)(request, cancellationToken);

        List<RunView> ended = [];
        foreach (Case[] group in cases.Values.Chunk(AtOnce))
            ended.AddRange(await Task.WhenAll(group.Select(one => host.RunAsync(one.Request))));

        foreach (Cleared<ModelRequest> sent in host.Models.Sent.Where(sent => sent.Destination.Locality == Locality.Cloud))
        {
            foreach (string text in OutsideText.Of(sent.Value))
            {
                foreach (Match mark in Marks().Matches(text))
                    cases[mark.Value].MayReachCloud(text, consentCounts, localOnly).ShouldBeTrue($"{sent.Destination.Name} got: {text}");
            }
        }

        // Neither is what the log says.
        log.Entries.ShouldNotBeEmpty();
        foreach (Case one in cases.Values.Where(one => one.InMessage is not null || one.FromTool is not null))
            log.Entries.ShouldAllBe(entry => !entry.Contains(one.Mark, StringComparison.Ordinal));

        // And the runs were of all kinds: without these the property would say nothing.
        ended.Count(run => run.Status == RunStatus.Completed).ShouldBeGreaterThan(Runs / 4);
        ended.Count(run => run.Status == RunStatus.Failed).ShouldBeGreaterThan(Runs / 20);
        ended.Count(run => run.Routing.Any(turn => turn.Attempts.Count > 1)).ShouldBeGreaterThan(Runs / 10, "fallbacks");
        ended.Count(run => run.Error?.Code == RunErrorCodes.PrivacyUnsatisfiable).ShouldBeGreaterThan(Runs / 50, "refusals");
        cases.Values.Count(one => one.InMessage is not null && one.Cut && one.Failing.Keys.Any(model => model.StartsWith("local", StringComparison.Ordinal))).ShouldBeGreaterThan(Runs / 50, "local models that break in the middle of an answer to private text");
        host.Models.Sent.GroupBy(sent => MarkOf(sent.Value)).Count(run => run.First().Label == PrivacyLabel.Standard && run.Last().Label == PrivacyLabel.Private)
            .ShouldBeGreaterThan(localOnly ? -1 : Runs / 50, "runs that became private on their way");
        host.Models.Sent.Any(sent => sent.Destination.Locality == Locality.Cloud).ShouldBe(!localOnly);
        host.Models.Sent.Any(sent => sent is { Destination.Locality: Locality.Cloud, Label: PrivacyLabel.Private }).ShouldBe(consentCounts && !localOnly);
    }

    /// <summary>The first turns call the tool, if the run has one; models fail as the run's dice say.</summary>
    private static ModelScript Act(Case one, ModelRequest request)
    {
        if (one.Failing.TryGetValue(request.Model.ToString(), out ProviderFault fault))
            return Fails(fault, one.Cut ? "Half" : "");
        bool calls = one.FromTool is not null && Turn(request) == 0;
        return calls ? Calls(("reads", $$"""{"of":"{{one.Mark}}"}""")) : Says("Done.");
    }

    private static string MarkOf(ModelRequest request) => Marks().Match(request.Messages.First(message => message.Role == MessageRole.User).Content!).Value;

    [GeneratedRegex("mark[0-9]{5}")]
    private static partial Regex Marks();

    /// <summary>One run and what may become of its text.</summary>
    /// <param name="Mark">In its messages and in what its tool says.</param>
    /// <param name="Request">How it starts.</param>
    /// <param name="InMessage">The secret in a message; null for none.</param>
    /// <param name="FromTool">The secret that the tool says; null for no tool.</param>
    /// <param name="Failing">The models that fail, and how.</param>
    /// <param name="Cut">Whether they fail in the middle of a message.</param>
    private sealed record Case(string Mark, RunRequest Request, string? InMessage, string? FromTool, Dictionary<string, ProviderFault> Failing, bool Cut)
    {
        public static Case Any(Random random, string mark)
        {
            string Secret() => string.Format(CultureInfo.InvariantCulture, Secrets[random.Next(Secrets.Length)], mark);
            string? inMessage = random.Next(3) == 0 ? Secret() : null, fromTool = random.Next(3) == 0 ? Secret() : null;
            string[] models = ["local:small", "local:other", "cloud:big", "cloud:bigger"];
            List<Message> messages = [Message.User($"{mark}: compare and evaluate the design in detail, step by step.")];
            if (random.Next(2) == 0)
                messages.AddRange([Message.Assistant("I see."), Message.User("Go on.")]);
            if (inMessage is not null)
                messages[random.Next(messages.Count)] = Message.User($"{mark} {inMessage}");
            return new(
                mark,
                new()
                {
                    Agent = new()
                    {
                        Tools = fromTool is null ? [] : ["reads"],
                        Instructions = random.Next(3) == 0 ? $"Be brief with {mark}." : null,
                        Model = random.Next(4) == 0 ? models[random.Next(4)] : "auto",
                    },
                    Messages = messages,
                    Routing = new()
                    {
                        PrivacyLevel = (PrivacyLabel)random.Next(3),
                        LatencyPreference = (LatencyPreference)random.Next(4),
                        AllowCloudPrivate = random.Next(2) == 0,
                    },
                },
                inMessage,
                fromTool,
                models.Where(_ => random.Next(3) == 0).ToDictionary(model => model, _ => Faults[random.Next(Faults.Length)]),
                random.Next(2) == 0);
        }

        /// <summary>Whether a cloud model may see the text; before the tool has spoken, the run is not yet private on its account.</summary>
        public bool MayReachCloud(string text, bool consentCounts, bool localOnly)
        {
            bool secret = InMessage is not null || (FromTool is not null && text.Contains(FromTool, StringComparison.Ordinal));
            PrivacyLabel label = localOnly ? PrivacyLabel.LocalOnly : secret ? Request.Routing.PrivacyLevel.RaisedTo(PrivacyLabel.Private) : Request.Routing.PrivacyLevel;
            return label == PrivacyLabel.Standard || (label == PrivacyLabel.Private && consentCounts && Request.Routing.AllowCloudPrivate);
        }
    }
}
