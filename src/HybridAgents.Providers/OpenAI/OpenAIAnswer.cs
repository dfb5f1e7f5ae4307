using System.Text;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Pipeline;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using AbstractReason = Microsoft.Extensions.AI.ChatFinishReason;
using WireReason = OpenAI.Chat.ChatFinishReason;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Reads one streamed answer; calls, whose arguments come in pieces, are given whole.</summary>
/// <param name="model">The model that was asked.</param>
internal sealed class OpenAIAnswer(ModelRef model)
{
    private readonly List<PartialCall> _calls = [];
    private bool _finished;

    /// <summary>The chunk as an update; without contents when it only shows that the service lives.</summary>
    /// <exception cref="ProviderException">The chunk reports an error.</exception>
    public ChatResponseUpdate Read(StreamingChatCompletionUpdate chunk)
    {
        DemandNoError(chunk);
        ChatResponseUpdate update = new() { Role = ChatRole.Assistant, ModelId = string.IsNullOrEmpty(chunk.Model) ? null : chunk.Model };
        foreach (ChatMessageContentPart part in chunk.ContentUpdate)
            AddText(update, part.Text);
        AddText(update, chunk.RefusalUpdate);
        if (chunk.ContentTokenLogProbabilities is { Count: > 0 } probabilities)
            update.Contents.Add(OpenAIProbabilities.ToContent(probabilities));
        foreach (StreamingChatToolCallUpdate piece in chunk.ToolCallUpdates)
            Collect(piece);
        if (chunk.FinishReason is { } reason)
            Finish(update, reason);
        // Some services count in every chunk; the count at the end is the one.
        if (_finished && chunk.Usage is { } usage)
        {
            update.Contents.Add(new UsageContent(new()
            {
                InputTokenCount = usage.InputTokenCount,
                OutputTokenCount = usage.OutputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
            }));
        }

        return update;
    }

    /// <summary>Some compatible services report an error inside the stream; the SDK takes it for a chunk with unknown fields.</summary>
    private void DemandNoError(StreamingChatCompletionUpdate chunk)
    {
#pragma warning disable SCME0001 // Unknown fields are reachable by this experimental member only.
        if (chunk.Patch.Contains("$.error"u8))
            throw new ProviderException(model, ProviderFault.StreamBroken, TransportFaults.Bounded($"The stream reports an error: {chunk.Patch.GetJson("$.error"u8)}"));
#pragma warning restore SCME0001
    }

    private static void AddText(ChatResponseUpdate update, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            update.Contents.Add(new TextContent(text));
    }

    private void Collect(StreamingChatToolCallUpdate piece)
    {
        string? id = string.IsNullOrEmpty(piece.ToolCallId) ? null : piece.ToolCallId;
        PartialCall? call = _calls.FindLast(known => known.Index == piece.Index);
        // Some services number all calls 0: another id is another call.
        if (call is null || (id is not null && call.Id is not null && call.Id != id))
            _calls.Add(call = new PartialCall(piece.Index));
        call.Id ??= id;
        call.Name ??= string.IsNullOrEmpty(piece.FunctionName) ? null : piece.FunctionName;
        if (piece.FunctionArgumentsUpdate is { } arguments)
            call.Arguments.Append(arguments.ToString());
    }

    private void Finish(ChatResponseUpdate update, WireReason reason)
    {
        _finished = true;
        foreach (PartialCall call in _calls.OrderBy(call => call.Index))
            update.Contents.Add(FunctionCalls.ToContent(call.Id ?? $"call_{Guid.NewGuid():N}", call.Name ?? "unknown_tool", call.Arguments.ToString()));
        update.FinishReason = reason switch
        {
            WireReason.Length => AbstractReason.Length,
            WireReason.ContentFilter => AbstractReason.ContentFilter,
            _ => _calls.Count > 0 ? AbstractReason.ToolCalls : AbstractReason.Stop,
        };
        _calls.Clear();
    }

    private sealed class PartialCall(int index)
    {
        public int Index => index;

        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
