namespace HybridAgents.System.Tests.Support;

/// <summary>How long a test waits before it calls something lost.</summary>
internal static class Waits
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
}
