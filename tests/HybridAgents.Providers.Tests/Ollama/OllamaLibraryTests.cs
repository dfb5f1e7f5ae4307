using HybridAgents.Core.Models;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Ollama;

public sealed class OllamaLibraryTests : IAsyncLifetime
{
    private OllamaWireServer _server = null!;
    private ProviderHarness _harness = null!;

    private IModelLibrary Library => _harness.Registry.TryFind("ollama", out ModelProvider? provider) ? provider.Source.ShouldBeAssignableTo<IModelLibrary>()! : throw new InvalidOperationException();

    public async Task InitializeAsync()
    {
        _server = await OllamaWireServer.StartAsync();
        _harness = ProviderHarness.With([("Providers:Ollama:Endpoint", _server.Endpoint.ToString())]);
    }

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Pull_Model_TellsHowFarItIsUpToTheEnd()
    {
        Say("""{"status":"pulling manifest"}""", """{"status":"pulling abc","digest":"sha256:abc","total":100,"completed":40}""", """{"status":"success"}""");

        List<PullProgress> progress = await PullAsync();

        progress.ShouldBe([new("pulling manifest"), new("pulling abc", "sha256:abc", 40, 100), new("success")]);
        progress[^1].Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"error":"pull model manifest: file does not exist"}""", ProviderFault.ModelNotFound)]
    [InlineData("""{"error":"max retries exceeded"}""", ProviderFault.StreamBroken)]
    [InlineData("""{"status":"pulling abc"}""", ProviderFault.StreamBroken)]
    [InlineData("""{"status":""", ProviderFault.Malformed)]
    public async Task Pull_DoesNotSucceed_Throws(string line, ProviderFault fault)
    {
        Say(line);

        (await Should.ThrowAsync<ProviderException>(PullAsync)).Fault.ShouldBe(fault);
    }

    [Fact]
    public async Task Pull_ServerGone_IsUnreachable()
    {
        await _server.DisposeAsync();

        (await Should.ThrowAsync<ProviderException>(PullAsync)).Fault.ShouldBeOneOf(ProviderFault.Unreachable, ProviderFault.StreamBroken);
    }

    [Fact]
    public async Task Running_LoadedModel_IsNamedWithItsMemory() =>
        (await Library.RunningAsync(default)).ShouldBe([new("llama2:latest", 4000, 3000, new(2026, 1, 1, 0, 0, 0, 500, TimeSpan.Zero))]);

    private void Say(params string[] lines)
    {
        foreach (string line in lines)
            _server.PullLines.Add(line);
    }

    private async Task<List<PullProgress>> PullAsync()
    {
        List<PullProgress> progress = [];
        await foreach (PullProgress step in Library.PullAsync("phi", default))
            progress.Add(step);
        return progress;
    }
}
