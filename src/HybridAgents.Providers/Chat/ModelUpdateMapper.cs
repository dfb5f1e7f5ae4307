using HybridAgents.Core.Models;
using HybridAgents.Core.Usage;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>Translates the updates of one call into model updates, and keeps what the last one must say.</summary>
/// <param name="request">The call.</param>
internal sealed class ModelUpdateMapper(ModelRequest request)
{
    private string _model = request.Model.Model;
    private string _reason = "stop";
    private UsageDetails? _usage;
    private int _outputTokens;
    private bool _calledTools;
    private string[]? _reasons;

    public IEnumerable<ModelUpdate> Map(ChatResponseUpdate update)
    {
        _model = update.ModelId ?? _model;
        _reason = update.FinishReason?.Value ?? _reason;
        foreach (AIContent content in update.Contents)
        {
            if (content is ChoiceContent { Reason: { } reason } end)
                (_reasons ??= new string[request.Options.Choices])[end.Choice] = reason.Value;
            else if (Map(content) is { } mapped)
                yield return mapped;
        }
    }

    public ModelUpdate.Finished Finish() =>
        _reasons is [var first, .. var others] ? new(first, Usage(), _model) { OtherReasons = others } : new(Reason(), Usage(), _model);

    private ModelUpdate? Map(AIContent content)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                _outputTokens += TokenEstimate.Of(text.Text);
                return new ModelUpdate.TextDelta(text.Text);
            case TokenProbabilityContent probabilities:
                return new ModelUpdate.TokenProbabilities(probabilities.Tokens);
            case FunctionCallContent call:
                _calledTools = true;
                ModelUpdate.ToolCallRequested requested = new(FunctionCalls.ToToolCall(call));
                _outputTokens += TokenEstimate.Of(requested.Call.Name) + TokenEstimate.Of(requested.Call.Arguments);
                return requested;
            case ChoiceContent { Content: { } piece, Choice: var choice }:
                return Map(piece) is { } mapped ? mapped with { Choice = choice } : null;
            case UsageContent usage:
                _usage = usage.Details;
                return null;
            default:
                return null;
        }
    }

    private string Reason() => _calledTools && _reason == "stop" ? "tool_calls" : _reason;

    private TokenUsage Usage() => _usage is { InputTokenCount: { } prompt, OutputTokenCount: { } completion }
        ? new((int)prompt, (int)completion)
        : new(EstimatePrompt(ChatRequestMapper.ToMessages(request)), _outputTokens, Estimated: true);

    private static int EstimatePrompt(IReadOnlyList<ChatMessage> messages) => TokenEstimate.Of(messages) + ImageContents.Estimate(messages);
}
