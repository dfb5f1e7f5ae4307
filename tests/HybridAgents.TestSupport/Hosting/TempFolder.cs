namespace HybridAgents.TestSupport.Hosting;

public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hybridagents-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
