using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Api.Chat;

/// <summary>Writes the chunks of one streamed answer: the same id in all, the role first, the finish reason last.</summary>
internal sealed class ChatChunks : IDisposable
{
    private readonly PipeWriter _output;
    private readonly Utf8JsonWriter _json;
    private readonly bool _includeUsage;
    private readonly byte[] _head;
    private readonly int[] _calls;

    /// <param name="output">Where to.</param>
    /// <param name="head">What every chunk says.</param>
    /// <param name="choices">How many answers it has.</param>
    /// <param name="includeUsage">Whether the chunks have a usage: null, but for one more at the end.</param>
    public ChatChunks(PipeWriter output, ChatHead head, int choices, bool includeUsage)
    {
        (_output, _includeUsage, _calls) = (output, includeUsage, new int[choices]);
        _json = new(output, ChatJson.WriterOptions);
        _head = Encoding.UTF8.GetBytes(
            $$"""data: {"id":"{{head.Id}}","object":"chat.completion.chunk","created":{{head.Created.ToUnixTimeSeconds()}},"model":{{JsonSerializer.Serialize(head.Model)}},"choices":[""");
    }

    /// <summary>The role, of every choice.</summary>
    public void Role()
    {
        for (int choice = 0; choice < _calls.Length; choice++)
        {
            Chunk(choice, static (json, _) =>
            {
                json.WriteString("role", "assistant");
                json.WriteString("content", "");
                json.WriteNull("refusal");
            }, (object?)null);
        }
    }

    public void Text(int choice, string text) => Chunk(choice, static (json, text) => json.WriteString("content", text), text);

    public void Probabilities(int choice, JsonElement tokens) => Chunk(choice, static (_, _) => { }, (object?)null, tokens);

    public void Call(int choice, ToolCall call) => Chunk(choice, static (json, call) =>
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", call.Index);
        ChatJson.WriteCall(json, call.Call);
        json.WriteEndObject();
        json.WriteEndArray();
    }, (Index: _calls[choice]++, Call: call));

    /// <summary>The finish reason of every choice, the usage if it is wanted, and the mark of the end.</summary>
    public void Finish(ModelUpdate.Finished end)
    {
        for (int choice = 0; choice < _calls.Length; choice++)
            Chunk(choice, static (_, _) => { }, (object?)null, finishReason: choice == 0 ? end.Reason : end.OtherReasons[choice - 1]);
        if (_includeUsage)
        {
            _output.Write(_head);
            _output.Write("],\"usage\":"u8);
            _json.Reset(_output);
            ChatJson.WriteUsage(_json, end.Usage);
            _json.Flush();
            _output.Write("}\n\n"u8);
        }

        _output.Write("data: [DONE]\n\n"u8);
    }

    public void Dispose() => _json.Dispose();

    private void Chunk<T>(int choice, Action<Utf8JsonWriter, T> delta, T state, JsonElement? tokens = null, string? finishReason = null)
    {
        _output.Write(_head);
        _json.Reset(_output);
        _json.WriteStartObject();
        _json.WriteNumber("index", choice);
        _json.WriteStartObject("delta");
        delta(_json, state);
        _json.WriteEndObject();
        ChatJson.WriteProbabilities(_json, tokens is { } scored ? [scored] : []);
        _json.WriteString("finish_reason", finishReason);
        _json.WriteEndObject();
        _json.Flush();
        _output.Write(_includeUsage ? "],\"usage\":null}\n\n"u8 : "]}\n\n"u8);
    }
}
