namespace HybridAgents.Local.Configuration;

/// <summary>Where the data lies.</summary>
internal static class DataOptions
{
    public const string Key = "Data:Path";

    private const string Default = ".hybridagents";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder's full path; it exists afterwards, and if it is new nobody but its owner may enter it.</summary>
    /// <exception cref="ConfigurationException">It cannot be made.</exception>
    public static string Open(IConfiguration configuration)
    {
        string value = configuration[Key] is { Length: > 0 } given ? given : Default;
        try
        {
            string path = Path.GetFullPath(value);
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, OwnerOnly);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{Key} is '{value}'; allowed: a folder that this user can make or write to ({error.Message})");
        }
    }
}
