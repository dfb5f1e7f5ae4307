using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;

namespace HybridAgents.Providers.Ollama;

/// <summary>The models of an Ollama server, with what it says of each kept for a minute.</summary>
/// <param name="api">The server.</param>
/// <param name="settings">The provider.</param>
/// <param name="time">The clock.</param>
internal sealed class OllamaModels(OllamaApi api, ProviderSettings settings, TimeProvider time) : IModelSource, IModelLibrary
{
    private const int ParallelQuestions = 8;
    private const int MaxRemembered = 500;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly OllamaLibrary _library = new(settings.Name, api);
    private readonly ConcurrentDictionary<string, (OllamaDetails Details, long At)> _remembered = new();

    public Locality Locality { get; } = EndpointLocality.Of(settings);

    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        OllamaTags tags = await api.TagsAsync(RefOf("*"), cancellationToken);
        OllamaTag[] named = [.. (tags.Models ?? []).Where(tag => !string.IsNullOrEmpty(tag.Name))];
        ModelInfo?[] models = new ModelInfo?[named.Length];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = ParallelQuestions, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, named.Length, parallel, async (index, token) => models[index] = await DescribeAsync(named[index], token));
        return [.. models.OfType<ModelInfo>()];
    }

    public async Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken) =>
        await DetailsAsync(model, cancellationToken) is { } details ? Describe(model, details) : null;

    public async ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken)
    {
        if (Locality == Locality.Cloud || OllamaNames.IsCloud(model))
            return Locality.Cloud;
        return await DetailsAsync(model, cancellationToken) is { IsRemote: false } ? Locality.Local : Locality.Cloud;
    }

    public Task CheckAsync(CancellationToken cancellationToken) => api.TagsAsync(RefOf("*"), cancellationToken);

    public async IAsyncEnumerable<PullProgress> PullAsync(string model, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (PullProgress progress in _library.PullAsync(model, cancellationToken))
        {
            if (progress.Succeeded)
                _remembered.TryRemove(ModelNames.WithTag(model), out _); // The name may stand for another model now.
            yield return progress;
        }
    }

    public Task<IReadOnlyList<RunningModel>> RunningAsync(CancellationToken cancellationToken) => _library.RunningAsync(cancellationToken);

    /// <summary>What the server says of a model, from memory or freshly asked for; null if it does not have it.</summary>
    public async ValueTask<OllamaDetails?> DetailsAsync(string model, CancellationToken cancellationToken)
    {
        string name = ModelNames.WithTag(model);
        if (_remembered.TryGetValue(name, out (OllamaDetails Details, long At) known) && time.GetElapsedTime(known.At) < Lifetime)
            return known.Details;
        if (await api.ShowAsync(RefOf(name), cancellationToken) is not { } show)
            return null;
        return Remember(name, OllamaDetails.Read(show));
    }

    /// <summary>A listed model; null for one that cannot chat. One that the server says nothing of counts as remote.</summary>
    private async Task<ModelInfo?> DescribeAsync(OllamaTag tag, CancellationToken cancellationToken)
    {
        OllamaDetails? details = null;
        try
        {
            details = await DetailsAsync(tag.Name!, cancellationToken);
        }
        catch (ProviderException)
        {
            // One model that cannot be described must not hide the others.
        }

        details ??= OllamaDetails.Unknown;
        if (tag.IsRemote && !details.IsRemote)
            details = Remember(ModelNames.WithTag(tag.Name!), details with { IsRemote = true });
        return details.CanChat ? Describe(tag.Name!, details) : null;
    }

    private OllamaDetails Remember(string name, OllamaDetails details)
    {
        if (_remembered.Count >= MaxRemembered)
            _remembered.Clear();
        _remembered[name] = (details, time.GetTimestamp());
        return details;
    }

    private ModelInfo Describe(string model, OllamaDetails details)
    {
        Locality locality = details.IsRemote || OllamaNames.IsCloud(model) ? Locality.Cloud : Locality;
        ModelInfo described = ModelCatalogue.Describe(RefOf(model), locality);
        return described with
        {
            ContextWindow = details.ContextLength ?? described.ContextWindow,
            SupportsTools = true, // Natively or by emulation.
            SupportsImages = details.Sees ?? described.SupportsImages,
            Features = ModelFeatures.TopP | ModelFeatures.Penalties | ModelFeatures.Seed | ModelFeatures.Stop | ModelFeatures.JsonFormat | ModelFeatures.JsonSchema,
            IsProviderDefault = ModelNames.WithTag(model) == ModelNames.WithTag(settings.Model),
        };
    }

    private ModelRef RefOf(string model) => new(settings.Name, model);
}

/// <summary>What a server says of a model.</summary>
/// <param name="NativeTools">Whether its template knows tools.</param>
/// <param name="Thinks">Whether it can think before it answers.</param>
/// <param name="Sees">Whether it can see images; null when not told.</param>
/// <param name="CanChat">Whether it completes text; embedding models do not.</param>
/// <param name="ContextLength">The largest window, in tokens; null when not told.</param>
/// <param name="IsRemote">Whether the server passes it on to another one.</param>
internal sealed record OllamaDetails(bool NativeTools, bool Thinks, bool? Sees, bool CanChat, int? ContextLength, bool IsRemote)
{
    /// <summary>Nothing is known, so nothing is trusted.</summary>
    public static OllamaDetails Unknown { get; } = new(NativeTools: false, Thinks: false, Sees: null, CanChat: true, ContextLength: null, IsRemote: true);

    public static OllamaDetails Read(OllamaShow show) => new(
        show.Capabilities?.Contains("tools") == true,
        show.Capabilities?.Contains("thinking") == true,
        show.Capabilities is { Count: > 0 } told ? told.Contains("vision") : null,
        show.Capabilities is null or { Count: 0 } || show.Capabilities.Contains("completion"),
        ContextLengthOf(show.ModelInfo),
        show.IsRemote);

    private static int? ContextLengthOf(Dictionary<string, JsonElement>? info)
    {
        foreach ((string key, JsonElement value) in info ?? [])
        {
            if (key.EndsWith(".context_length", StringComparison.Ordinal) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int length) && length > 0)
                return length;
        }

        return null;
    }
}
