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

    public IEnumerable<ModelUpdate> Map(ChatResponseUpdate update)
    {
        _model = update.ModelId ?? _model;
        _reason = update.FinishReason?.Value ?? _reason;
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    _outputTokens += TokenEstimate.Of(text.Text);
                    yield return new ModelUpdate.TextDelta(text.Text);
                    break;
                case TokenProbabilityContent probabilities:
                    yield return new ModelUpdate.TokenProbabilities(probabilities.Tokens);
                    break;
                case FunctionCallContent call:
                    _calledTools = true;
                    ModelUpdate.ToolCallRequested requested = new(FunctionCalls.ToToolCall(call));
                    _outputTokens += TokenEstimate.Of(requested.Call.Name) + TokenEstimate.Of(requested.Call.Arguments);
                    yield return requested;
                    break;
                case UsageContent usage:
                    _usage = usage.Details;
                    break;
            }
        }
    }

    public ModelUpdate.Finished Finish() => new(Reason(), Usage(), _model);

    private string Reason() => _calledTools && _reason == "stop" ? "tool_calls" : _reason;

    private TokenUsage Usage() => _usage is { InputTokenCount: { } prompt, OutputTokenCount: { } completion }
        ? new((int)prompt, (int)completion)
        : new(TokenEstimate.Of(ChatRequestMapper.ToMessages(request)), _outputTokens, Estimated: true);
}
