using System.Text.Json;

namespace HybridAgents.System.Tests.Support;

/// <summary>Reads what the API answers.</summary>
internal static class Views
{
    public static string Type(this JsonElement item) => item.GetProperty("type").GetString()!;

    public static long Sequence(this JsonElement item) => item.GetProperty("sequence").GetInt64();

    public static string Text(this JsonElement item, string name) => item.GetProperty(name).GetString()!;

    public static string Status(this JsonElement run) => run.Text("status");

    /// <summary>The text of the run's result, whole or partial.</summary>
    public static string Answer(this JsonElement run) => run.GetProperty("result").GetProperty("message").Text("content");

    public static string ErrorCode(this JsonElement run) => run.GetProperty("error").Text("code");

    /// <summary>The attempts of the run's first turn as <c>provider:outcome</c>.</summary>
    public static string[] Attempts(this JsonElement run) =>
        [.. run.GetProperty("routing")[0].GetProperty("attempts").EnumerateArray().Select(static attempt => $"{attempt.Text("provider")}:{attempt.Text("outcome")}")];

    /// <summary>The texts of the messages as a watcher puts them together: the deltas of each message's highest attempt.</summary>
    public static Dictionary<string, string> Streamed(this IEnumerable<JsonElement> events)
    {
        Dictionary<string, (int Attempt, int Next, string Text)> messages = [];
        foreach (JsonElement item in events.Where(static item => item.Type() is "message.delta" or "message.reset"))
        {
            string id = item.Text("message_id");
            int attempt = item.GetProperty("attempt").GetInt32();
            (int Attempt, int Next, string Text) known = messages.GetValueOrDefault(id, (1, 0, ""));
            if (item.Type() == "message.reset")
            {
                attempt.ShouldBeGreaterThan(known.Attempt);
                messages[id] = (attempt, 0, "");
                continue;
            }

            attempt.ShouldBe(known.Attempt, "a delta of an attempt that did not begin");
            int index = item.GetProperty("index").GetInt32();
            if (known.Next == 0)
                known.Next = index;
            index.ShouldBe(known.Next, "a gap in the deltas");
            messages[id] = (attempt, index + 1, known.Text + item.Text("delta"));
        }

        return messages.ToDictionary(static entry => entry.Key, static entry => entry.Value.Text);
    }
}
