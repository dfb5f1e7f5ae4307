namespace HybridAgents.Cli;

/// <summary>Ends the command: the message is for the person, the code for the script.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">What went wrong and what helps; no secret. May hold text from the server: it is made harmless where it is shown.</param>
internal class CliException(int exitCode, string message) : Exception(message)
{
    /// <summary>Gets what the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
