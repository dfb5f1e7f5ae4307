using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Embeddings;
using HybridAgents.Orchestrations.Runs;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Knowledge;

/// <inheritdoc cref="ITextEmbedder"/>
/// <param name="options">Names the model.</param>
/// <param name="embeddings">What calls it; asked for only when a model is named.</param>
internal sealed class TextEmbedder(IOptions<KnowledgeOptions> options, Func<IEmbeddings> embeddings) : ITextEmbedder
{
    /// <summary>Who calls, in the records of calls: nobody's budget pays for searching.</summary>
    private const string Caller = "knowledge";

    private volatile int _dimensions;

    public string? Model => options.Value.EmbeddingModel;

    public int? Dimensions => _dimensions is > 0 and int known ? known : null;

    public async Task<IReadOnlyList<ReadOnlyMemory<float>>?> EmbedAsync(string tenant, IReadOnlyList<string> texts, PrivacyLabel label, CancellationToken cancellationToken)
    {
        try
        {
            EmbeddingAnswer answer = await embeddings().EmbedAsync(
                new(Model!, texts, null, new RoutingPreferences() { PrivacyLevel = label }), new RunCaller(tenant, Caller), cancellationToken);
            int length = answer.Vectors[0].Length;
            if (length == 0 || answer.Vectors.Any(vector => vector.Length != length))
                throw new ChatException(new(ChatErrorCodes.Rejected, "The vectors are not all of one length."));
            _dimensions = length;
            return answer.Vectors;
        }
        catch (ChatException failure) when (failure.Error.Code == RunErrorCodes.PrivacyUnsatisfiable)
        {
            return null;
        }
    }
}
