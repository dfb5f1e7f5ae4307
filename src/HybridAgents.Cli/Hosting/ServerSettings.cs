namespace HybridAgents.Cli.Hosting;

/// <summary>Which server a command talks to, and as whom.</summary>
/// <param name="Address">The base address.</param>
/// <param name="Named">Whether <c>--server</c> named it.</param>
/// <param name="Token">The key that was given; null for none.</param>
/// <param name="DataFolder">The full path of the data folder.</param>
internal sealed record ServerSettings(Uri Address, bool Named, string? Token, string DataFolder)
{
    public const string DefaultAddress = "http://127.0.0.1:7071";
    public const string DefaultFolder = ".hybridagents";

    /// <summary>Gets whether a host of our own may be started there when nothing listens.</summary>
    public bool MayStart => !Named && Address is { IsLoopback: true, Scheme: "http", AbsolutePath: "/" };

    /// <summary>Gets whether a host has kept runs in the data folder.</summary>
    public bool HoldsRuns => Directory.Exists(Path.Combine(DataFolder, "journal"));

    /// <summary>Gets the key to send. A key found in the data folder is sent to this machine only.</summary>
    /// <exception cref="CliException">The key file cannot be read.</exception>
    public string? FindToken() => Token ?? (Address.IsLoopback ? ReadKeyFile() : null);

    /// <summary>Makes an address that relative paths can be added to; null if <paramref name="text"/> is not allowed.</summary>
    public static Uri? ParseAddress(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : $"{text}/", UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : null;

    /// <summary>Whether <paramref name="text"/> can be sent as a bearer token.</summary>
    public static bool IsToken(string text) => text.Length is > 0 and <= 4096 && text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    /// <summary>The administrator's key that the first start of a host left in the data folder; null if there is none.</summary>
    public string? ReadKeyFile()
    {
        string path = Path.Combine(DataFolder, "admin.key");
        try
        {
            string key = File.ReadAllText(path).Trim();
            return IsToken(key) ? key : throw new CliException(ExitCodes.Authentication, $"{path} does not hold a key; give one with --token.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Authentication, $"{path} cannot be read ({error.Message}); give a key with --token.");
        }
    }
}
