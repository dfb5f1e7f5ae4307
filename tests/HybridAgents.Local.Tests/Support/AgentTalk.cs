using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Local.Tests.Support;

/// <summary>Talks to an agent over HTTP, in one conversation.</summary>
internal sealed partial class AgentTalk(RunClient client, string type)
{
    public string? Id { get; private set; }

    /// <summary>Says something and waits for the answer.</summary>
    public async Task<JsonElement> SayAsync(string text) => await SayAsync(text, HttpStatusCode.OK);

    public async Task<JsonElement> SayAsync(string text, HttpStatusCode expected)
    {
        Dictionary<string, string> body = new() { ["message"] = text, ["agent_type"] = type };
        if (Id is not null)
            body["session_id"] = Id;
        using HttpResponseMessage answer = await client.PostAsync("/api/v1/chat", JsonSerializer.Serialize(body));
        string content = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, content);
        JsonElement json = JsonElement.Parse(content);
        if (json.TryGetProperty("session_id", out JsonElement session))
            Id = session.GetString();
        return json;
    }

    /// <summary>The whole conversation: who said what, calls with their arguments, results. Ids are numbered in their order.</summary>
    public async Task<string> TranscriptAsync() => Transcript((await client.GetAsync($"/api/v1/conversations/{Id}/messages")).GetProperty("messages"));

    /// <summary>Messages as lines; checks that calls stand before their results, each with exactly one.</summary>
    public static string Transcript(JsonElement messages)
    {
        List<string> lines = [];
        List<string> open = [];
        HashSet<string> known = [];
        foreach (JsonElement message in messages.EnumerateArray().Select(static entry => entry.GetProperty("message")))
        {
            string role = message.GetProperty("role").GetString()!;
            if (role == "tool")
                open.Remove(message.GetProperty("tool_call_id").GetString()!).ShouldBeTrue("a result answers a call that stands right before it");
            else
                open.ShouldBeEmpty("every call has its result before anybody speaks again");
            if (message.GetProperty("content").GetString() is { } content)
                lines.Add($"{role}: {content}");
            if (!message.TryGetProperty("tool_calls", out JsonElement calls))
                continue;
            foreach (JsonElement call in calls.EnumerateArray())
            {
                known.Add(call.GetProperty("id").GetString()!).ShouldBeTrue("no call id is used twice");
                open.Add(call.GetProperty("id").GetString()!);
                lines.Add($"call: {call.GetProperty("function").GetProperty("name").GetString()} {call.GetProperty("function").GetProperty("arguments").GetString()}");
            }
        }

        open.ShouldBeEmpty();
        string text = string.Join('\n', lines.SelectMany(static line => line.Split('\n')).Select(static line => line.TrimEnd()));
        List<string> ids = [.. GeneratedId().Matches(text).Select(static match => match.Value).Distinct()];
        return GeneratedId().Replace(text, match => $"{match.Groups[1].Value}_{ids.IndexOf(match.Value) + 1}");
    }

    [GeneratedRegex("(task|mem|doc)_[0-9a-f]{16}")]
    private static partial Regex GeneratedId();
}
