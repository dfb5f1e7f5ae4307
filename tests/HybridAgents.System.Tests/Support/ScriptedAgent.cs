using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.System.Tests.Support;

/// <summary>A model without a memory: what it answers depends on the conversation alone, so a repeated call gets the same answer. It counts its calls.</summary>
/// <remarks>The prompt says what to do: <c>job-7 tools 2</c> calls the calculator in two turns and then answers <c>Answer of job-7.</c> With <c>letters</c> at its end it sends letters instead.</remarks>
internal sealed class ScriptedAgent
{
    private readonly ConcurrentDictionary<ModelCall, int> _calls = new();

    /// <summary>Gets or sets what may change a reply, such as a stall; told how often this call has come.</summary>
    public Func<ModelCall, int, WireReply, WireReply> Refine { get; set; } = static (_, _, reply) => reply;

    /// <summary>Gets how many calls came in all.</summary>
    public int Total => _calls.Values.Sum();

    /// <summary>How many different calls came.</summary>
    public int Distinct => _calls.Count;

    public static string Prompt(string job, int tools, bool letters = false) => $"{job} tools {tools}{(letters ? " letters" : "")}";

    public static string Answer(string job) => $"Answer of {job}.";

    public int Count(ModelCall call) => _calls.GetValueOrDefault(call);

    public WireReply Respond(WireRequest request)
    {
        List<JsonElement> messages = [.. request.Json.GetProperty("messages").EnumerateArray()];
        string[] words = TextOf(messages.First(static message => message.Text("role") == "user")).Split(' ');
        ModelCall call = new(words[0], 1 + messages.Count(static message => message.Text("role") == "assistant"));
        int tools = int.Parse(words[2], CultureInfo.InvariantCulture);
        WireReply reply = call.Turn <= tools
            ? WireReply.Calls(words.Length > 3 ? [Send(call, 0), Send(call, 1)] : [Calculate(call.Turn, 0), Calculate(call.Turn, 1)])
            : WireReply.Says("Answer", " of ", call.Job, ".");
        return Refine(call, _calls.AddOrUpdate(call, 1, static (_, count) => count + 1), reply);
    }

    private static WireCall Calculate(int turn, int index) => new("calculator", $$"""{"expression":"{{turn}} * 100 + {{index}}"}""");

    private static WireCall Send(ModelCall call, int index) => new(SendLetterTool.Name, $$"""{"text":"{{call.Job}}/{{call.Turn}}/{{index}}"}""");

    /// <summary>A content is a text or, in OpenAI's dialect, also a list of parts.</summary>
    private static string TextOf(JsonElement message) => message.GetProperty("content") is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(static part => part.Text("text")))
        : message.Text("content");
}

/// <summary>A call of the scripted model.</summary>
internal readonly record struct ModelCall(string Job, int Turn);
