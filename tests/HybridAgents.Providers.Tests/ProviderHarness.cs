using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Cache;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Providers.Tests;

/// <summary>The real registration with settings of a test.</summary>
internal sealed class ProviderHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="settings">Over the harness's own: no retries, breakers that stay closed.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public ProviderHarness(IEnumerable<(string Key, string Value)> settings, TimeProvider? time = null)
    {
        Dictionary<string, string?> values = new() { ["Retries:MaxAttempts"] = "1", ["Retries:FirstDelay"] = "0", ["Breaker:Failures"] = "1000" };
        foreach ((string key, string value) in settings)
            values[key] = value;
        ServiceCollection services = new();
        services.AddLogging();
        if (time is not null)
            services.AddSingleton(time);
        services.AddHybridAgentsProviders(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        _services = services.BuildServiceProvider();
    }

    public static ProviderHarness With(IEnumerable<(string Key, string Value)> settings, TimeProvider? time = null) => new(settings, time);

    public IModelGateway Gateway => _services.GetRequiredService<IModelGateway>();

    public ProviderRegistry Registry => _services.GetRequiredService<ProviderRegistry>();

    public ResponseCache Cache => _services.GetRequiredService<ResponseCache>();

    public IModelDirectory Directory => _services.GetRequiredService<IModelDirectory>();

    public async Task<IReadOnlyList<ModelUpdate>> AskAsync(ModelRequest request, Locality locality, PrivacyLabel label = PrivacyLabel.Standard, CancellationToken cancellationToken = default)
    {
        List<ModelUpdate> updates = [];
        await foreach (ModelUpdate update in Gateway.StreamAsync(Clear(request, new(request.Model.ToString(), locality), label), cancellationToken))
            updates.Add(update);
        return updates;
    }

    public IEmbeddingGateway Embeddings => _services.GetRequiredService<IEmbeddingGateway>();

    public Task<EmbeddingAnswer> EmbedAsync(ModelRef model, params string[] texts) => EmbedAsync(new EmbeddingRequest(model, texts));

    public Task<EmbeddingAnswer> EmbedAsync(EmbeddingRequest request, PrivacyLabel label = PrivacyLabel.Standard, CancellationToken cancellationToken = default) =>
        Embeddings.EmbedAsync(new PrivacyGate(new NothingFound()).Clear(request, [], label, new(request.Model.ToString(), label == PrivacyLabel.Standard ? Locality.Cloud : Locality.Local), cloudPrivateConsent: false).Cleared!, cancellationToken);

    public static Cleared<ModelRequest> Clear(ModelRequest request, Destination destination, PrivacyLabel label = PrivacyLabel.Standard) =>
        new PrivacyGate(new NothingFound()).Clear(request, [], label, destination, cloudPrivateConsent: false).Cleared!;

    public static ModelRequest Request(ModelRef model, params Message[] messages) => new() { Model = model, Messages = messages.Length > 0 ? messages : [Message.User("Hello")] };

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class NothingFound : IPrivacyScanner
    {
        public PrivacyLabel Scan(string text) => PrivacyLabel.Standard;
    }
}
