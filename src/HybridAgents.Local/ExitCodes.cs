namespace HybridAgents.Local;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>It could not start: the port or the data folder is taken, or the journal is damaged.</summary>
    public const int CannotStart = 1;

    /// <summary>The disk can no longer be trusted: start again, and recovery reads it anew.</summary>
    public const int DiskFailed = 70;

    /// <summary>The configuration is wrong.</summary>
    public const int Configuration = 78;

    /// <summary>Stopped at once by a second signal.</summary>
    public const int Killed = 143;
}
