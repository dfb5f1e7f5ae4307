using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Names of the telemetry of model calls: OpenTelemetry's conventions for generative AI, all in this file. Content is never recorded.</summary>
public static class GenAiTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "HybridAgents.Providers";

    internal const string Operation = "gen_ai.operation.name";
    internal const string Provider = "gen_ai.provider.name";
    internal const string RequestModel = "gen_ai.request.model";
    internal const string ResponseModel = "gen_ai.response.model";
    internal const string FinishReasons = "gen_ai.response.finish_reasons";
    internal const string InputTokens = "gen_ai.usage.input_tokens";
    internal const string OutputTokens = "gen_ai.usage.output_tokens";
    internal const string TokenType = "gen_ai.token.type";
    internal const string ErrorType = "error.type";
    internal const string Chat = "chat";
    internal const string Embeddings = "embeddings";

    internal static readonly ActivitySource Source = new(SourceName);

    private static readonly Meter Meter = new(SourceName);

    internal static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s", "Duration of a model call, one attempt.");

    internal static readonly Histogram<double> FirstChunk =
        Meter.CreateHistogram<double>("gen_ai.client.operation.time_to_first_chunk", "s", "Time to the first part of the answer.");

    internal static readonly Histogram<long> Tokens =
        Meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens of a model call, by type.");
}
