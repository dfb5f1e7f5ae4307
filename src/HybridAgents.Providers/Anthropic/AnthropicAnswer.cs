using System.Text;
using Anthropic.Models.Messages;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Anthropic;

/// <summary>Reads one streamed answer; calls, whose arguments come in pieces, are given whole.</summary>
internal sealed class AnthropicAnswer
{
    private readonly StringBuilder _arguments = new();
    private (string Id, string Name)? _call;
    private string? _model;
    private long? _promptTokens;

    /// <summary>The event as an update; without contents when it only shows that the service lives.</summary>
    public ChatResponseUpdate Read(RawMessageStreamEvent next)
    {
        ChatResponseUpdate update = new() { Role = ChatRole.Assistant };
        switch (next.Value)
        {
            case RawMessageStartEvent { Message: var message }:
                _model = message.Model.Raw();
                _promptTokens = PromptTokens(message.Usage.InputTokens, message.Usage.CacheCreationInputTokens, message.Usage.CacheReadInputTokens);
                break;
            case RawContentBlockStartEvent { ContentBlock.Value: ToolUseBlock call }:
                _call = (call.ID, call.Name);
                _arguments.Clear();
                break;
            case RawContentBlockDeltaEvent { Delta.Value: var delta }:
                AddDelta(update, delta);
                break;
            case RawContentBlockStopEvent when _call is { } call:
                update.Contents.Add(FunctionCalls.ToContent(call.Id, call.Name, _arguments.ToString()));
                _call = null;
                break;
            case RawMessageDeltaEvent end:
                Finish(update, end);
                break;
        }

        update.ModelId = _model;
        return update;
    }

    private void AddDelta(ChatResponseUpdate update, object? delta)
    {
        switch (delta)
        {
            case TextDelta { Text.Length: > 0 } text:
                update.Contents.Add(new TextContent(text.Text));
                break;
            case ThinkingDelta { Thinking.Length: > 0 } thinking:
                update.Contents.Add(new TextReasoningContent(thinking.Thinking));
                break;
            case InputJsonDelta input:
                _arguments.Append(input.PartialJson);
                break;
        }
    }

    private void Finish(ChatResponseUpdate update, RawMessageDeltaEvent end)
    {
        long prompt = end.Usage.InputTokens is { } input ? PromptTokens(input, end.Usage.CacheCreationInputTokens, end.Usage.CacheReadInputTokens) : _promptTokens ?? 0;
        if (prompt > 0)
            update.Contents.Add(new UsageContent(new() { InputTokenCount = prompt, OutputTokenCount = end.Usage.OutputTokens, TotalTokenCount = prompt + end.Usage.OutputTokens }));
        update.FinishReason = end.Delta.StopReason?.Raw() switch
        {
            "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
            "refusal" => ChatFinishReason.ContentFilter,
            "tool_use" => ChatFinishReason.ToolCalls,
            null => null,
            _ => ChatFinishReason.Stop,
        };
    }

    /// <summary>What the service counts apart, cached or not, was sent all the same.</summary>
    private static long PromptTokens(long fresh, long? written, long? read) => fresh + (written ?? 0) + (read ?? 0);
}
