using HybridAgents.Api.Auth;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HybridAgents.Functions.Hosting;

/// <summary>Takes the first administrator's key from <c>Auth:AdminKey</c>, a Key Vault reference in Azure. This host never makes or prints a key.</summary>
internal sealed class AdminKeySeed(ApiKeyStore keys, IOptions<AuthOptions> auth, IConfiguration configuration, IHostEnvironment environment) : IHostedService
{
    private const string Setting = "Auth:AdminKey";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!auth.Value.NeedsKeys)
        {
            if (!environment.IsDevelopment())
                throw Wrong("Auth:Mode is 'none', which is allowed on a laptop only (AZURE_FUNCTIONS_ENVIRONMENT=Development).");
            return;
        }

        if (configuration[Setting] is not { Length: > 0 } key)
            return;
        if (!ApiKey.IsWellFormed(key))
            throw Wrong($"{Setting} is not a key: it must be ha_, 12 hex digits, _ and 43 characters of base64url.");
        if (await keys.FindAsync(key, cancellationToken) is not null)
            return;
        try
        {
            await keys.AddAsync(key, "first administrator", ApiRole.ADMIN, "premium", ApiCaller.DefaultTenant, budget: null, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            // Another worker of the same start was quicker, or the id is another key's.
            if (await keys.FindAsync(key, cancellationToken) is null)
                throw Wrong($"{Setting} begins like another key that is stored already; make a new one.");
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static OptionsValidationException Wrong(string message) => new(nameof(AuthOptions), typeof(AuthOptions), [message]);
}
