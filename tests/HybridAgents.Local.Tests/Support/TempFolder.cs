namespace HybridAgents.Local.Tests.Support;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hybridagents-local-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
