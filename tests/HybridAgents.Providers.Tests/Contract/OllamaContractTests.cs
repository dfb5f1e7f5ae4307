using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

public sealed class OllamaContractTests : ProviderContractTests
{
    private OllamaWireServer _server = null!;

    protected override WireServer Server => _server;

    protected override ModelRef Model => new("ollama", "llama2:latest");

    protected override Locality Locality => Locality.Local;

    protected override IEnumerable<(string Key, string Value)> Settings =>
        [("Providers:Ollama:Endpoint", Server.Endpoint.ToString()), ("Providers:Ollama:Model", "llama2:latest")];

    protected override JsonValueKind ArgumentsOnTheWire => JsonValueKind.Object;

    protected override async Task StartServerAsync() => _server = await OllamaWireServer.StartAsync();

    [Fact]
    public async Task Stream_LongPrompt_GetsAWindowThatHoldsIt()
    {
        _server.Models.Add(new("long:latest", ContextLength: 100_000));
        await using ProviderHarness harness = new(Settings);
        string text = string.Join(' ', Enumerable.Range(0, 4000).Select(number => $"word{number}"));
        _server.Enqueue(WireReply.Says("ok").WithUsage(12_000, 1));

        await harness.AskAsync(ProviderHarness.Request(new("ollama", "long:latest"), Message.User(text)), Locality);

        int window = _server.Requests[0].Json.GetProperty("options").GetProperty("num_ctx").GetInt32();
        window.ShouldBeGreaterThan(text.Length / 4);
        int.PopCount(window).ShouldBe(1);
    }

    [Fact]
    public async Task Stream_PromptSilentlyCut_IsAnErrorNotAnAnswer()
    {
        await using ProviderHarness harness = new(Settings);
        _server.Enqueue(WireReply.Says("Nonsense").WithUsage(500, 1));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() =>
            harness.AskAsync(ProviderHarness.Request(Model, Message.User(new string('x', 20_000))), Locality));

        error.Fault.ShouldBe(ProviderFault.ContextLengthExceeded);
    }

    [Fact]
    public async Task Stream_PromptBeyondTheModel_IsNotSent()
    {
        await using ProviderHarness harness = new(Settings);

        ProviderException error = await Should.ThrowAsync<ProviderException>(() =>
            harness.AskAsync(ProviderHarness.Request(Model, Message.User(new string('x', 100_000))), Locality));

        error.Fault.ShouldBe(ProviderFault.ContextLengthExceeded);
        _server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_NameWithoutTag_MeansLatest()
    {
        await using ProviderHarness harness = new(Settings);

        (await harness.AskAsync(ProviderHarness.Request(new("ollama", "llama2")), Locality))[^1].ShouldBeOfType<ModelUpdate.Finished>();
    }

    [Fact]
    public async Task Stream_ModelMissing_IsToldApart()
    {
        await using ProviderHarness harness = new(Settings);

        (await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(new("ollama", "absent")), Locality.Cloud)))
            .Fault.ShouldBe(ProviderFault.ModelNotFound);
    }

    [Fact]
    public async Task Stream_ServerDoesNotDescribeTheModel_TimesOut()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new(Settings, time);
        _server.ShowGate = new TaskCompletionSource().Task;
        Task<IReadOnlyList<ModelUpdate>> call = harness.AskAsync(ProviderHarness.Request(Model), Locality);
        await _server.Shows.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        (await Should.ThrowAsync<ProviderException>(() => call)).Fault.ShouldBe(ProviderFault.Timeout);
        _server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_NoNativeTools_ReadsTheBlocksAndShowsOnlyTheText()
    {
        _server.Models[0] = _server.Models[0] with { Capabilities = ["completion"] };
        await using ProviderHarness harness = new(Settings);
        _server.Enqueue(WireReply.Says("Let me look. ", "<to", "ol>{\"name\": \"get_weather\", \"para", "meters\": {\"city\": \"Bern\"}}</to", "ol>").SplitEveryByte());
        ToolCall earlier = new("call_1", "get_weather", """{"city":"Basel"}""");
        ModelRequest request = ProviderHarness.Request(Model, Message.User("Weather?"), Message.Assistant(null, [earlier]), Message.ToolResult(earlier, "rain")) with
        {
            Tools = [new("get_weather", "Tells the weather.", JsonDocument.Parse("""{"type":"object"}""").RootElement)],
        };

        IReadOnlyList<ModelUpdate> updates = await harness.AskAsync(request, Locality);

        string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(delta => delta.Text)).ShouldBe("Let me look.");
        updates.OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem().Call.Arguments.ShouldBe("""{"city":"Bern"}""");
        updates[^1].ShouldBeOfType<ModelUpdate.Finished>().Reason.ShouldBe("tool_calls");
        JsonElement body = _server.Requests[0].Json;
        body.TryGetProperty("tools", out _).ShouldBeFalse();
        body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "user"]);
        body.GetProperty("messages")[0].GetProperty("content").GetString()!.ShouldContain("Tells the weather.");
    }

    [Theory]
    [InlineData("gpt-oss:120b-cloud", null)]
    [InlineData("disguised:latest", "https://ollama.com")]
    public async Task Directory_ModelThatRunsElsewhere_IsCloudEvenOnLoopback(string name, string? remoteHost)
    {
        _server.Models.Add(new(name) { RemoteHost = remoteHost });
        await using ProviderHarness harness = new(Settings);

        ModelSnapshot snapshot = await harness.Directory.GetAsync(default);

        snapshot.Models.Single(model => model.Ref.Model == name).Locality.ShouldBe(Locality.Cloud);
        ProviderException error = await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(new("ollama", name)), Locality.Local));
        error.Fault.ShouldBe(ProviderFault.Rejected);
        _server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("true", "thinking", "true")]
    [InlineData("high", "thinking", "\"high\"")]
    [InlineData("true", "tools", null)]
    public async Task Stream_ThinkAndKeepAlive_AreAskedForWhereTheModelCan(string setting, string capability, string? sent)
    {
        _server.Models[0] = _server.Models[0] with { Capabilities = ["completion", capability] };
        await using ProviderHarness harness = new([.. Settings, ("Providers:Ollama:Think", setting), ("Providers:Ollama:KeepAlive", "-1")]);

        await harness.AskAsync(ProviderHarness.Request(Model), Locality);

        JsonElement body = _server.Requests[0].Json;
        (body.TryGetProperty("think", out JsonElement think) ? think.GetRawText() : null).ShouldBe(sent);
        body.GetProperty("keep_alive").GetInt32().ShouldBe(-1);
    }

    [Fact]
    public async Task Directory_EmbeddingModel_IsNotListed()
    {
        _server.Models.Add(new("embed:latest") { Capabilities = ["embedding"] });
        await using ProviderHarness harness = new(Settings);

        (await harness.Directory.GetAsync(default)).Models.ShouldNotContain(model => model.Ref.Model == "embed:latest");
    }
}
