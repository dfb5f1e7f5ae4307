using HybridAgents.Api.Auth;
using HybridAgents.Local.Configuration;
using Microsoft.Extensions.Options;

namespace HybridAgents.Local.Data;

/// <summary>Makes the first administrator's key when there is no key at all, and keeps it in <c>admin.key</c> in the data folder, readable by its owner alone.</summary>
/// <remarks>The file is written before the key counts, so a crash in between leaves a file to be overwritten, never a key that nobody knows.</remarks>
internal sealed class AdminKey(ApiKeyStore keys, IOptions<AuthOptions> auth, IConfiguration configuration) : IHostedService
{
    private const string FileName = "admin.key";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Gets where the key is kept.</summary>
    public string FilePath { get; } = Path.Combine(DataOptions.Open(configuration), FileName);

    /// <summary>Gets the key if this start has made it; else null.</summary>
    public string? Created { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!auth.Value.NeedsKeys || await keys.AnyAsync(cancellationToken))
            return;
        string key = ApiKey.New();
        await WriteAsync(key, cancellationToken);
        await keys.AddAsync(key, "first administrator", ApiRole.ADMIN, "premium", ApiCaller.DefaultTenant, budget: null, cancellationToken);
        Created = key;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WriteAsync(string key, CancellationToken cancellationToken)
    {
        string draft = $"{FilePath}.new";
        File.Delete(draft);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        await using (FileStream file = new(draft, options))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{key}\n"), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, FilePath, overwrite: true);
    }
}
