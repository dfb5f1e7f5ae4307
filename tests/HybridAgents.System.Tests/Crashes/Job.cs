using System.Net;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.System.Tests.Crashes;

/// <summary>One run with its client: posts it, watches it, approves its tools or cancels it, and insists on an acknowledgement however often the host dies.</summary>
/// <param name="host">The host.</param>
/// <param name="agent">The model.</param>
/// <param name="happened">Told what the client sees.</param>
internal sealed class Job(TestHost host, ScriptedAgent agent, Action<CrashKind> happened)
{
    private readonly Dictionary<int, int> _callsWhenAnswered = [];
    private readonly HashSet<string> _answered = [];
    private Task _acting = Task.CompletedTask;
    private bool _cancelAcknowledged;

    public required string Name { get; init; }

    public required int Tools { get; init; }

    public required string Provider { get; init; }

    public bool NeedsApproval { get; init; }

    /// <summary>Whether its tools send letters, which must not be sent twice.</summary>
    public bool SendsLetters { get; init; }

    /// <summary>The type of event that makes the client cancel; null for none.</summary>
    public string? CancelsOn { get; init; }

    public string RunId { get; private set; } = "";

    private string Tool => SendsLetters ? SendLetterTool.Name : "calculator";

    private string Body => RunClient.Body(
        ScriptedAgent.Prompt(Name, Tools, SendsLetters), $$$""","agent_config":{"tools":["calculator","send_letter"]},"routing_preferences":{"force_provider":"{{{Provider}}}"},"approval":{"tools":[{{{(NeedsApproval ? $"\"{Tool}\"" : "")}}}]}""");

    /// <summary>Does the whole job; gives all events.</summary>
    public async Task<IReadOnlyList<JsonElement>> RunAsync()
    {
        RunId = await PostAsync();
        happened(CrashKind.Accepted);
        IReadOnlyList<JsonElement> events = await new Watcher(host, RunId, Seen).Completion;
        await _acting;
        return events;
    }

    /// <summary>Checks everything that must hold of the job once it is over.</summary>
    /// <param name="watched">What its client saw.</param>
    /// <param name="letters">How often each letter was sent.</param>
    public async Task VerifyAsync(IReadOnlyList<JsonElement> watched, IReadOnlyDictionary<string, int> letters)
    {
        RunClient client = await host.Client;
        (await client.EventsAsync(RunId)).Select(static item => item.GetRawText()).ShouldBe(watched.Select(static item => item.GetRawText()), Name);
        (await PostAsync()).ShouldBe(RunId, Name);
        JsonElement run = await client.GetAsync($"/api/v1/agents/status/{RunId}");
        run.GetProperty("last_event").GetInt64().ShouldBe(watched.Count);
        if (_cancelAcknowledged)
            run.Status().ShouldBe("cancelled", run.GetRawText());
        else
            run.Status().ShouldBe("completed", run.GetRawText());
        watched[^1].Type().ShouldBe($"run.{run.Status()}");

        foreach ((int turn, int calls) in _callsWhenAnswered)
            agent.Count(new(Name, turn)).ShouldBe(calls, $"{Name} turn {turn} was called again after it was answered");
        foreach (string type in (string[])["run.created", "run.started"])
            watched.Count(item => item.Type() == type).ShouldBeLessThanOrEqualTo(1, Name);
        watched.Where(static item => item.Type() == "message.completed").Select(static item => item.Text("message_id")).ShouldBeUnique(Name);
        foreach (IGrouping<string, JsonElement> call in watched.Where(static item => item.TryGetProperty("call_id", out _)).GroupBy(static item => item.Text("call_id")))
            VerifyCall([.. call.Select(static item => item.Type())]);
        if (run.Status() == "completed")
            await VerifyAnswerAsync(client, run, watched);
        if (run.Status() == "completed" && SendsLetters)
            VerifyLetters(letters, watched.Count(static item => item.Type() == "review.requested"));
    }

    /// <summary>A call is asked for, granted and finished at most once, and nothing follows its end.</summary>
    private void VerifyCall(IReadOnlyList<string> types)
    {
        types.Count(static type => type == "tool.completed").ShouldBeLessThanOrEqualTo(1, Name);
        types.Count(static type => type == "approval.requested").ShouldBe(NeedsApproval ? 1 : 0, Name);
        types.Count(static type => type == "approval.resolved").ShouldBeLessThanOrEqualTo(1, Name);
        types.Count(static type => type == "review.requested").ShouldBeLessThanOrEqualTo(SendsLetters ? 1 : 0, Name);
        if (SendsLetters)
            types.Count(static type => type == "tool.started").ShouldBeLessThanOrEqualTo(1, Name);
        if (types.Contains("tool.completed"))
            types[^1].ShouldBe("tool.completed", Name);
    }

    /// <summary>Each letter was sent, but for those that a person settled, of which nobody knows.</summary>
    private void VerifyLetters(IReadOnlyDictionary<string, int> letters, int reviewed) =>
        letters.Count(letter => letter.Key.StartsWith($"{Name}/", StringComparison.Ordinal)).ShouldBeInRange(2 * Tools - reviewed, 2 * Tools, Name);

    private async Task VerifyAnswerAsync(RunClient client, JsonElement run, IReadOnlyList<JsonElement> watched)
    {
        string answer = ScriptedAgent.Answer(Name);
        run.Answer().ShouldBe(answer);
        watched.Streamed()[watched.Last(static item => item.Type() == "message.completed").Text("message_id")].ShouldBe(answer);
        watched.Count(static item => item.Type() == "tool.completed").ShouldBe(2 * Tools, Name);
        JsonElement messages = (await client.GetAsync($"/api/v1/agents/runs/{RunId}/messages")).GetProperty("messages");
        string[] roles = [.. messages.EnumerateArray().Select(static message => message.GetProperty("message").Text("role"))];
        roles.ShouldBe(["user", .. Enumerable.Range(0, Tools).SelectMany(static _ => (string[])["assistant", "tool", "tool"]), "assistant"], Name);
    }

    private void Seen(JsonElement item)
    {
        switch (item.Type())
        {
            case "message.completed":
                int turn = item.GetProperty("turn").GetInt32();
                _callsWhenAnswered[turn] = agent.Count(new(Name, turn));
                break;
            case "message.delta":
                happened(CrashKind.Delta);
                break;
            case "tool.started":
                happened(CrashKind.Tool);
                break;
            case "approval.requested" when _answered.Add(item.Text("call_id")):
                _acting = Task.WhenAll(_acting, AnswerAsync($"approvals/{item.Text("call_id")}", """{"decision":"approve"}""", CrashKind.Approved));
                break;
            case "review.requested" when _answered.Add($"review of {item.Text("call_id")}"):
                _acting = Task.WhenAll(_acting, AnswerAsync($"reviews/{item.Text("call_id")}", """{"decision":"done"}""", CrashKind.Reviewed));
                break;
        }

        if (item.Type() == CancelsOn && !_acting.IsFaulted && !_cancelAcknowledged)
            _acting = Task.WhenAll(_acting, CancelAsync());
        happened(CrashKind.Event);
    }

    private async Task<string> PostAsync()
    {
        using HttpResponseMessage answer = await InsistAsync(client => client.PostAsync("/api/v1/agents/run", Body, Name));
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, text);
        return JsonElement.Parse(text).Text("run_id");
    }

    private async Task AnswerAsync(string question, string decision, CrashKind what)
    {
        using HttpResponseMessage answer = await InsistAsync(client => client.PostAsync($"/api/v1/agents/runs/{RunId}/{question}", decision));
        if (CancelsOn is null || answer.StatusCode != HttpStatusCode.Conflict) // A cancelled run takes no answers.
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        happened(what);
    }

    private async Task CancelAsync()
    {
        using HttpResponseMessage answer = await InsistAsync(client => client.PostAsync($"/api/v1/agents/cancel/{RunId}", """{"reason":"enough"}"""));
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.OK);
        // 200: it had ended, by itself or through a cancel whose acknowledgement was lost.
        _cancelAcknowledged = answer.StatusCode == HttpStatusCode.Accepted || JsonElement.Parse(text).Status() == "cancelled";
        happened(CrashKind.Cancelled);
    }

    /// <summary>Sends to whichever process runs until one answers.</summary>
    private async Task<HttpResponseMessage> InsistAsync(Func<RunClient, Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            RunClient client = await host.Client;
            try
            {
                return await send(client);
            }
            catch (HttpRequestException)
            {
                // The host has died before it answered.
            }
        }
    }
}
