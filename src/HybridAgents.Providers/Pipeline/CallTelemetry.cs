using System.Diagnostics;
using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Embeddings;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>A span and the metrics of every attempt; never its content.</summary>
/// <param name="inner">The client inside.</param>
/// <param name="provider">The provider's name.</param>
/// <param name="time">The clock.</param>
internal sealed class CallTelemetry(IChatClient inner, string provider, TimeProvider time) : StreamDecorator(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string model = options?.ModelId ?? "";
        string operation = options is VectorOptions ? GenAiTelemetry.Embeddings : GenAiTelemetry.Chat;
        TagList tags = new() { { GenAiTelemetry.Operation, operation }, { GenAiTelemetry.Provider, provider }, { GenAiTelemetry.RequestModel, model } };
        using Activity? span = GenAiTelemetry.Source.StartActivity(ActivityKind.Client, tags: tags, name: $"{operation} {model}");
        long start = time.GetTimestamp();
        bool answered = false;
        string? outcome = "cancelled";
        try
        {
            await using IAsyncEnumerator<ChatResponseUpdate> updates =
                InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                        break;
                }
                catch (ProviderException error)
                {
                    outcome = error.Fault.ToString();
                    span?.SetStatus(ActivityStatusCode.Error, outcome);
                    throw;
                }

                if (!answered && ProviderPipeline.IsAnswer(updates.Current))
                {
                    answered = true;
                    GenAiTelemetry.FirstChunk.Record(time.GetElapsedTime(start).TotalSeconds, tags);
                }

                Describe(span, updates.Current, tags);
                yield return updates.Current;
            }

            outcome = null;
        }
        finally
        {
            if (outcome is not null)
            {
                span?.SetTag(GenAiTelemetry.ErrorType, outcome);
                tags.Add(GenAiTelemetry.ErrorType, outcome);
            }

            GenAiTelemetry.Duration.Record(time.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    private static void Describe(Activity? span, ChatResponseUpdate update, in TagList tags)
    {
        if (update.FinishReason is { } reason)
            span?.SetTag(GenAiTelemetry.FinishReasons, new[] { reason.Value }).SetTag(GenAiTelemetry.ResponseModel, update.ModelId);
        foreach (AIContent content in update.Contents)
        {
            if (content is not UsageContent { Details: var usage })
                continue;
            Count(span, tags, GenAiTelemetry.InputTokens, "input", usage.InputTokenCount);
            Count(span, tags, GenAiTelemetry.OutputTokens, "output", usage.OutputTokenCount);
        }
    }

    private static void Count(Activity? span, TagList tags, string attribute, string type, long? tokens)
    {
        if (tokens is not { } count)
            return;
        span?.SetTag(attribute, count);
        tags.Add(GenAiTelemetry.TokenType, type);
        GenAiTelemetry.Tokens.Record(count, tags);
    }
}
