using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Privacy;

/// <summary>Random texts through every door of the product: what the cloud provider was sent, chats and vectors, is searched for what may not leave.</summary>
public sealed partial class EveryDoorTests : IAsyncLifetime
{
    private const int Cases = 260;
    private const int AtOnce = 8;
    private const int Least = 3;

    /// <summary>Ways in which the text itself is private.</summary>
    private static readonly string[] Secrets = ["my password is {0}", "api key: {0}Zx81Qw72Lm", "mail {0}@example.org", "{0}, card 4111 1111 1111 1111", "pay {0} to DE89 3704 0044 0532 0130 00"];

    /// <summary>One is for a local model, one for a large one.</summary>
    private static readonly string[] Questions = ["What of this?", "Compare, analyse and evaluate the design in detail, step by step, and explain all implications and trade-offs."];

    private readonly Dictionary<string, Func<Case, Task>> _doors;
    private Dictionary<string, Case> _cases = [];
    private OllamaWireServer _local = null!;
    private WiredHost _host = null!;

    public EveryDoorTests() => _doors = new()
    {
        ["run"] = one => RunAsync(one.Text, one.Routing),
        ["team"] = one => RunAsync(one.Text, one.Routing + ""","agent_config":{"agent_type":"meta","sub_agents":[{"name":"writer","agent_id":"creative"},{"name":"critic","agent_id":"general"}]}"""),
        ["workflow"] = WorkflowAsync,
        ["chat"] = one => ChatAsync("/v1/chat/completions", one, ""","temperature":0"""),
        ["stream"] = one => ChatAsync("/api/v1/chat/streaming", one, ""","stream":true"""),
        ["hybrid"] = one => ChatAsync("/api/v1/chat/hybrid", one, ""),
        ["own key"] = one => ChatAsync("/v1/chat/completions", one, ""","model":"openai:gpt-4o","auth_override":{"api_key":"sk-own","provider":"openai"}"""),
        ["vectors"] = one => PostAsync("/v1/embeddings", $$"""{"model":"nomic-embed-text","input":["harmless",{{Quoted(one.Text)}}]{{one.Routing}}}"""),
        ["conversation"] = one => TalkAsync("conversation", one),
        ["contextual"] = one => TalkAsync("contextual", one),
    };

    public async Task InitializeAsync()
    {
        _local = await OllamaWireServer.StartAsync();
        _local.Models.Add(new("nomic-embed-text:latest") { Capabilities = ["embedding"] });
        _host = await WiredHost.StartAsync(
        [
            "--Providers:Ollama:Enabled", "true", "--Providers:Ollama:Endpoint", _local.Endpoint.ToString(), "--Retries:MaxAttempts", "1", "--Breaker:Failures", "1000", "--RateLimits:Enabled", "false",
        ]);
        _host.Model.Models.Add("nomic-embed-text");
        _host.Model.Respond = request => Answer(request.Json);
        _local.Respond = request => CaseOf(request.Body) is { LocalFails: { } failure } ? failure : Answer(request.Json);
        _local.RespondVectors = request => CaseOf(request.Body) is { LocalFails: not null } ? WireReply.Refuses(500) : WireReply.Says();
        await PostAsync("/api/v1/workflows", """
            {"id":"double","name":"Double","inputs":{"topic":{}},"steps":[{"id":"write","type":"agent","agent":"creative","input":"Write: {{input.topic}}"},{"id":"check","type":"agent","agent":"general","input":"Check: {{input.topic}}"}]}
            """);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _local.DisposeAsync();
    }

    [Theory]
    [InlineData(20260501)]
    public async Task AnyDoor_PrivateText_NeverReachesTheCloud(int seed)
    {
        Random random = new(seed);
        string[] doors = [.. _doors.Keys];
        _cases = Enumerable.Range(0, Cases).Select(number => Case.Any(random, number, doors[number % doors.Length])).ToDictionary(static one => one.Number);

        await Parallel.ForEachAsync(_cases.Values, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) => await _doors[one.Door](one));

        string[] cloud = [.. _host.Model.Requests.Select(static request => request.Body), .. _host.Model.Embedded.Select(static body => body.GetRawText())];
        cloud.SelectMany(static sent => Veiled().Matches(sent)).Select(mark => _cases[mark.Groups[1].Value].ToString()).Distinct().ShouldBeEmpty("the cloud provider was sent private text");

        // The property is worth something: every door was used for both kinds of text, and both providers were reached through it.
        HashSet<string> inCloud = NumbersIn(cloud), atHome = NumbersIn([.. _local.Requests.Select(static request => request.Body), .. _local.Embedded.Select(static body => body.GetRawText())]);
        foreach (string door in doors)
        {
            _cases.Values.Count(one => one.Door == door && one.Veiled).ShouldBeGreaterThanOrEqualTo(Least, door);
            _cases.Values.Count(one => one.Door == door && !one.Veiled && inCloud.Contains(one.Number)).ShouldBeGreaterThanOrEqualTo(Least, $"{door}: harmless texts that reached the cloud");
            if (door != "own key") // Nobody but the provider whose key it is may serve.
                _cases.Values.Count(one => one.Door == door && one.Veiled && atHome.Contains(one.Number)).ShouldBeGreaterThanOrEqualTo(Least, $"{door}: private texts that a local model got");
        }

        _cases.Values.Count(one => one is { Veiled: false, LocalFails: not null } && atHome.Contains(one.Number) && inCloud.Contains(one.Number)).ShouldBeGreaterThanOrEqualTo(Least, "fallbacks from home to the cloud");
        _cases.Values.Count(one => one is { Veiled: true, LocalFails: not null } && atHome.Contains(one.Number)).ShouldBeGreaterThanOrEqualTo(Least, "private texts whose model failed");
        _cases.Values.Count(static one => one is { Veiled: true, Routing.Length: > 0 }).ShouldBeGreaterThanOrEqualTo(Least, "texts that only the caller calls private");
        (await _host.Client.GetAsync("/api/v1/system/status")).GetProperty("cache").GetProperty("hits").GetInt32().ShouldBeGreaterThanOrEqualTo(Least, "answers from the cache");
    }

    /// <summary>A coordinator asks its team; everybody else speaks of what was asked.</summary>
    private static WireReply Answer(JsonElement request)
    {
        string body = request.GetRawText();
        bool coordinates = request.TryGetProperty("tools", out JsonElement tools) && tools.GetRawText().Contains("parallel_processing", StringComparison.Ordinal);
        string mark = Marked().Match(body) is { Success: true } found ? found.Value : "nothing";
        return coordinates && !body.Contains("\"role\":\"tool\"", StringComparison.Ordinal)
            ? WireReply.Calls("parallel_processing", $$"""{"task":"Look at {{mark}}","subsystems":["writer","critic"]}""")
            : WireReply.Says("This is about ", $"{mark}.");
    }

    private Case? CaseOf(string body) => Marked().Match(body) is { Success: true } mark ? _cases.GetValueOrDefault(mark.Groups[1].Value) : null;

    private static HashSet<string> NumbersIn(IEnumerable<string> bodies) => [.. bodies.SelectMany(static body => Marked().Matches(body)).Select(static mark => mark.Groups[1].Value)];

    private async Task RunAsync(string text, string rest) => await _host.Client.WaitAsync(await _host.Client.StartAsync(RunClient.Body(text, rest)), "completed", "failed");

    private async Task WorkflowAsync(Case one)
    {
        JsonElement started = JsonElement.Parse(await PostAsync("/api/v1/workflows/double/runs", $$$"""{"inputs":{"topic":{{{Quoted(one.Text)}}}}}"""));
        await _host.Client.WaitAsync(started.GetProperty("run_id").GetString()!, "completed", "failed");
    }

    /// <summary>Twice, so that the second may come from the cache.</summary>
    private async Task ChatAsync(string path, Case one, string rest)
    {
        await PostAsync(path, RunClient.Body(one.Text, rest + one.Routing));
        await PostAsync(path, RunClient.Body(one.Text, rest + one.Routing));
    }

    /// <summary>A turn, a harmless one after it, and a new conversation that may remember the first.</summary>
    private async Task TalkAsync(string agent, Case one)
    {
        JsonElement first = JsonElement.Parse(await PostAsync("/api/v1/chat", $$"""{"message":{{Quoted(one.Text)}},"agent_type":"{{agent}}"}"""));
        string session = first.TryGetProperty("session_id", out JsonElement id) ? $$""","session_id":"{{id.GetString()}}" """ : "";
        await PostAsync("/api/v1/chat", $$"""{"message":"And what next? {{Questions[1]}}","agent_type":"{{agent}}"{{session}}}""");
        await PostAsync("/api/v1/chat", $$"""{"message":"What do you remember of number {{one.Number}}, the password, the key, the card, the mail? {{Questions[1]}}","agent_type":"{{agent}}"}""");
    }

    private async Task<string> PostAsync(string path, string body)
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldNotBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.InternalServerError, HttpStatusCode.Unauthorized);
        return text;
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    [GeneratedRegex("(?:veil|open)([0-9]{5})")]
    private static partial Regex Marked();

    [GeneratedRegex("veil([0-9]{5})")]
    private static partial Regex Veiled();

    /// <summary>One text and the way that it takes.</summary>
    /// <param name="Number">Tells it from the others.</param>
    /// <param name="Door">Where it comes in.</param>
    /// <param name="Veiled">Whether it may not leave.</param>
    /// <param name="Text">What is said; the mark is <c>veil</c> or <c>open</c> and the number.</param>
    /// <param name="Routing">The caller's label, as a part of a body; empty for none.</param>
    /// <param name="LocalFails">What the local model answers instead of an answer; null for none.</param>
    private sealed record Case(string Number, string Door, bool Veiled, string Text, string Routing, WireReply? LocalFails)
    {
        public static Case Any(Random random, int number, string door)
        {
            string name = number.ToString("D5", CultureInfo.InvariantCulture);
            bool veiled = random.Next(2) == 0;
            bool byCaller = veiled && random.Next(3) == 0 && door is not ("workflow" or "conversation" or "contextual");
            string mark = veiled ? $"veil{name}" : $"open{name}";
            string what = veiled && !byCaller ? string.Format(CultureInfo.InvariantCulture, Secrets[random.Next(Secrets.Length)], mark) : $"The plan of {mark}";
            WireReply? failure = random.Next(3) > 0 ? null : random.Next(3) switch
            {
                0 => WireReply.Refuses(500),
                1 => WireReply.Says("Half ", "an answer").CutAfter(1),
                _ => WireReply.Says("Half ", "an answer").EndAfter(1),
            };
            return new(name, door, veiled, $"{what}. {Questions[random.Next(2)]}", byCaller ? $$""","routing_preferences":{"privacy_level":"{{(random.Next(2) == 0 ? "private" : "local_only")}}"}""" : "", failure);
        }

        public override string ToString() => $"{Door}: {Text}{Routing}";
    }
}
