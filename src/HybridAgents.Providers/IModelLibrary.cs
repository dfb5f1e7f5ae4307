using HybridAgents.Core.Models;

namespace HybridAgents.Providers;

/// <summary>What some <see cref="IModelSource"/>s can do besides: fetch models, and say which are loaded. Safe for concurrent use.</summary>
public interface IModelLibrary
{
    /// <summary>Fetches a model, or goes on with fetching it. Ends after <see cref="PullProgress.Succeeded"/>, or throws: it never just stops.</summary>
    /// <param name="model">The name; without a tag, the latest.</param>
    /// <param name="cancellationToken">Ends the fetching; what has come is kept for the next attempt. There is no other limit of time.</param>
    /// <exception cref="ProviderException">There is no such model, the provider did not answer, or the transfer broke.</exception>
    IAsyncEnumerable<PullProgress> PullAsync(string model, CancellationToken cancellationToken);

    /// <summary>The models that are loaded now.</summary>
    /// <exception cref="ProviderException">The provider did not answer, or refused.</exception>
    Task<IReadOnlyList<RunningModel>> RunningAsync(CancellationToken cancellationToken);
}

/// <summary>How far a model has been fetched.</summary>
/// <param name="Status">What is being done, in the provider's words.</param>
/// <param name="Digest">The part that is being fetched; null between parts.</param>
/// <param name="Completed">Bytes of that part that have come.</param>
/// <param name="Total">Its size in bytes.</param>
public sealed record PullProgress(string Status, string? Digest = null, long? Completed = null, long? Total = null)
{
    /// <summary>Gets whether the model is there, whole and verified.</summary>
    public bool Succeeded => Status == "success";
}

/// <summary>A model that is loaded.</summary>
/// <param name="Name">With its tag.</param>
/// <param name="Bytes">What it takes in memory.</param>
/// <param name="GraphicsBytes">How much of it on graphics cards.</param>
/// <param name="ExpiresAt">When it is unloaded unless it is used, UTC; null when not told.</param>
public sealed record RunningModel(string Name, long Bytes, long GraphicsBytes, DateTimeOffset? ExpiresAt);
