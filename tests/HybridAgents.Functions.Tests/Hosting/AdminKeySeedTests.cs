using HybridAgents.Api.Auth;
using HybridAgents.Durable.Tables;
using HybridAgents.Functions.Hosting;
using HybridAgents.Functions.Tests.Durable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace HybridAgents.Functions.Tests.Hosting;

public sealed class AdminKeySeedTests(TemporaryTables tables) : IClassFixture<TemporaryTables>
{
    private readonly ITableStore _tables = tables.Store;

    [Fact]
    public async Task Start_KeyInTheSettings_IsAnAdministrators()
    {
        string key = ApiKey.New();

        await SeedAsync(key);

        ApiKeyInfo info = (await new ApiKeyStore(_tables, TimeProvider.System).FindAsync(key, default)).ShouldNotBeNull();
        info.Role.ShouldBe(ApiRole.ADMIN);
    }

    [Fact]
    public async Task Start_ManyWorkersAtOnce_StoreItOnce()
    {
        string key = ApiKey.New();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SeedAsync(key))));

        (await new ApiKeyStore(_tables, TimeProvider.System).ListAsync(ApiCaller.DefaultTenant, default)).Count(info => info.Id == ApiKey.IdOf(key)).ShouldBe(1);
    }

    [Fact]
    public async Task Start_IdOfAnotherKey_IsRefusedAndThatKeyStays()
    {
        string key = ApiKey.New();
        string other = string.Concat(key.AsSpan(0, key.Length - 43), ApiKey.New().AsSpan(key.Length - 43));
        await SeedAsync(key);

        (await Should.ThrowAsync<OptionsValidationException>(() => SeedAsync(other))).Failures.ShouldBe(["Auth:AdminKey begins like another key that is stored already; make a new one."]);

        ApiKeyStore store = new(_tables, TimeProvider.System);
        (await store.FindAsync(key, default)).ShouldNotBeNull();
        (await store.FindAsync(other, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Start_NoKey_StoresNothing()
    {
        IReadOnlyList<ApiKeyInfo> before = await new ApiKeyStore(_tables, TimeProvider.System).ListAsync(ApiCaller.DefaultTenant, default);

        await SeedAsync("");

        (await new ApiKeyStore(_tables, TimeProvider.System).ListAsync(ApiCaller.DefaultTenant, default)).ShouldBe(before);
    }

    [Fact]
    public async Task Start_NotAKey_NamesTheSettingAndDoesNotShowIt()
    {
        string failure = (await Should.ThrowAsync<OptionsValidationException>(() => SeedAsync("ha_my-password"))).Failures.ShouldHaveSingleItem();

        failure.ShouldBe("Auth:AdminKey is not a key: it must be ha_, 12 hex digits, _ and 43 characters of base64url.");
    }

    [Fact]
    public async Task Start_NobodyNeedsAKeyInProduction_IsRefused() =>
        (await Should.ThrowAsync<OptionsValidationException>(() => SeedAsync("", "none", Environments.Production))).Failures
            .ShouldBe(["Auth:Mode is 'none', which is allowed on a laptop only (AZURE_FUNCTIONS_ENVIRONMENT=Development)."]);

    [Fact]
    public Task Start_NobodyNeedsAKeyOnALaptop_Starts() => SeedAsync("", "none", Environments.Development);

    private Task SeedAsync(string key, string mode = "keys", string? environment = null)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Auth:AdminKey", key)]).Build();
        AdminKeySeed seed = new(
            new ApiKeyStore(_tables, TimeProvider.System), Options.Create(new AuthOptions { Mode = mode }), configuration,
            new HostingEnvironment { EnvironmentName = environment ?? Environments.Production });
        return seed.StartAsync(default);
    }
}
