using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Configuration;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Providers;
using HybridAgents.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Orchestrations.Tests;

public sealed class ProviderSyncTests
{
    [Fact]
    public async Task Change_ByAnotherHost_CountsWithin5Seconds()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        StoredProviders stored = new(host.Get<ITableStore>(), time);
        await using ServiceProvider services = Services();
        ProviderRegistry registry = services.GetRequiredService<ProviderRegistry>();
        ModelProvider untouched = registry.Providers.Single(provider => provider.Name == "offline");
        using ProviderSync sync = new(stored, new(services.GetRequiredService<ProviderAdministration>), time, NullLogger<ProviderSync>.Instance);
        await sync.StartAsync(CancellationToken.None);

        await stored.PutAsync(new() { Name = "mine", Kind = "vllm", Endpoint = new("http://127.0.0.1:9/v1") }, "key", CancellationToken.None);
        time.Advance(ProviderSync.Interval);
        await UntilAsync(() => registry.TryFind("MINE", out _));
        registry.Providers.ShouldContain(provider => ReferenceEquals(provider, untouched));

        await stored.RemoveAsync("mine", CancellationToken.None);
        time.Advance(ProviderSync.Interval);
        await UntilAsync(() => !registry.TryFind("mine", out _));
        await sync.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Start_StoredBefore_IsInForceBeforeTheHostServes()
    {
        await using RunHost host = await RunHost.StartAsync();
        StoredProviders stored = new(host.Get<ITableStore>(), TimeProvider.System);
        await stored.PutAsync(new() { Name = "offline", Enabled = false }, "key", CancellationToken.None);
        await using ServiceProvider services = Services();
        using ProviderSync sync = new(stored, new(services.GetRequiredService<ProviderAdministration>), TimeProvider.System, NullLogger<ProviderSync>.Instance);
        await sync.StartAsync(CancellationToken.None);

        services.GetRequiredService<ProviderRegistry>().TryFind("offline", out _).ShouldBeFalse();
        await sync.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Start_SecretIsNotOnThisHost_TurnsTheProviderOff()
    {
        await using RunHost host = await RunHost.StartAsync();
        StoredProviders stored = new(host.Get<ITableStore>(), TimeProvider.System);
        await stored.PutAsync(new() { Name = "openai", ApiKeyRef = "Secrets:elsewhere", Endpoint = new("https://api.example.com/v1") }, "key", CancellationToken.None);
        await using ServiceProvider services = Services();
        using ProviderSync sync = new(stored, new(services.GetRequiredService<ProviderAdministration>), TimeProvider.System, NullLogger<ProviderSync>.Instance);
        await sync.SweepAsync(CancellationToken.None);

        services.GetRequiredService<ProviderRegistry>().TryFind("openai", out _).ShouldBeFalse();
        services.GetRequiredService<ProviderAdministration>().Settings.Single(settings => settings.Name == "openai").Enabled.ShouldBeFalse();
    }

    [Fact]
    public async Task Put_SameName_CountsVersions()
    {
        await using RunHost host = await RunHost.StartAsync();
        StoredProviders stored = new(host.Get<ITableStore>(), TimeProvider.System);
        StoredProvider?[] puts = await Task.WhenAll(Enumerable.Range(1, 5).Select(weight => stored.PutAsync(new() { Name = "openai", Weight = weight }, "key", CancellationToken.None)));

        puts.Select(put => put!.Version).Order().ShouldBe([1, 2, 3, 4, 5]);
        (await stored.FindAsync("openai", CancellationToken.None)).ShouldBe(puts.Single(put => put!.Version == 5));
    }

    private static ServiceProvider Services()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddHybridAgentsProviders(new ConfigurationBuilder().AddInMemoryCollection([new("Providers:Ollama:Enabled", "false")]).Build());
        return services.BuildServiceProvider();
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while (!reached())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
