using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Cache;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Pipeline;

public sealed class CachingTests : IAsyncLifetime
{
    private static readonly ModelRequest Question = ProviderHarness.Request(new("ollama", "llama2:latest"), Message.User("What is 2 + 2?")) with { Tenant = "acme", Temperature = 0 };

    private readonly ManualTimeProvider _time = new();
    private OllamaWireServer _server = null!;
    private ProviderHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _server = await OllamaWireServer.StartAsync();
        _server.Respond = request => WireReply.Says("answer ", $"{_server.Requests.Count}");
        _harness = Create();
    }

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Cache_SameQuestionAgain_IsAnsweredFromMemoryWithoutTokens()
    {
        await AskAsync(Question);

        (string text, ModelUpdate.Finished end) = await AskAsync(Question with { Messages = [Message.User("What is 2 + 2?")] });

        text.ShouldBe("answer 1");
        end.ShouldBe(new ModelUpdate.Finished("stop", new(0, 0), "llama2:latest"));
        _server.Requests.Count.ShouldBe(1);
        _harness.Cache.Statistics.ShouldBe(_harness.Cache.Statistics with { Hits = 1, Misses = 1, Items = 1 });
    }

    public static TheoryData<ModelRequest> OtherQuestions =>
    [
        Question with { Tenant = "other" },
        Question with { Messages = [Message.User("What is 2 + 3?")] },
        Question with { Messages = [Message.System("Be brief."), .. Question.Messages] },
        Question with { Messages = [new Message { Role = MessageRole.User, Content = "What is 2 + 2?", Name = "Ada" }] },
        Question with { MaxOutputTokens = 10 },
        Question with { Model = new("ollama", "llama2") },
    ];

    [Theory]
    [MemberData(nameof(OtherQuestions), DisableDiscoveryEnumeration = true)]
    public async Task Cache_AnythingDiffers_IsAskedAnew(ModelRequest other)
    {
        await AskAsync(Question);

        (await AskAsync(other)).Text.ShouldBe("answer 2");
    }

    public static TheoryData<ModelRequest> Uncached =>
    [
        Question with { Tenant = null },
        Question with { Temperature = 0.1 },
        Question with { Temperature = null },
        Question with { Tools = [new("t", "A tool.", System.Text.Json.JsonElement.Parse("{}"))] },
    ];

    [Theory]
    [MemberData(nameof(Uncached), DisableDiscoveryEnumeration = true)]
    public async Task Cache_RepetitionMayDiffer_IsNotRemembered(ModelRequest request)
    {
        await AskAsync(request);

        (await AskAsync(request)).Text.ShouldBe("answer 2");
    }

    [Theory]
    [InlineData(PrivacyLabel.Private)]
    [InlineData(PrivacyLabel.LocalOnly)]
    public async Task Cache_PrivateText_IsNeitherRememberedNorAnsweredFromMemory(PrivacyLabel label)
    {
        await AskAsync(Question);

        (await AskAsync(Question, label)).Text.ShouldBe("answer 2");
        (await AskAsync(Question, label)).Text.ShouldBe("answer 3");
        _harness.Cache.Statistics.Items.ShouldBe(1);
    }

    [Fact]
    public async Task Cache_CutOrBrokenAnswer_IsNotRemembered()
    {
        _server.Enqueue(WireReply.Says("an").WithFinishReason("length"), WireReply.Says("an", "swer").CutAfter(1));
        await AskAsync(Question);
        await Should.ThrowAsync<ProviderException>(() => AskAsync(Question));

        (await AskAsync(Question)).Text.ShouldBe("answer 3");
    }

    [Fact]
    public async Task Cache_LifetimeOver_IsAskedAnew()
    {
        await AskAsync(Question);
        _time.Advance(TimeSpan.FromSeconds(3599));
        (await AskAsync(Question)).Text.ShouldBe("answer 1");

        _time.Advance(TimeSpan.FromSeconds(1));

        (await AskAsync(Question)).Text.ShouldBe("answer 2");
    }

    [Fact]
    public async Task Cache_Disabled_RemembersNothing()
    {
        await using ProviderHarness harness = Create(("Cache:Enabled", "false"));
        await AskAsync(Question, harness: harness);

        (await AskAsync(Question, harness: harness)).Text.ShouldBe("answer 2");
    }

    [Fact]
    public void Store_Full_TheLeastRecentlyUsedLeavesFirst()
    {
        ResponseCache cache = new(new() { MaxItems = 2, MaxBytes = 1000 }, _time);
        cache.Store("a", [], 100);
        cache.Store("b", [], 100);
        cache.Find("a").ShouldNotBeNull();

        cache.Store("c", [], 100);
        cache.Store("huge", [], 1001);

        cache.Find("b").ShouldBeNull();
        cache.Statistics.ShouldBe(new(Hits: 1, Misses: 1, Evictions: 1, Items: 2, Bytes: 200));
        cache.Store("large", [], 950);
        cache.Statistics.ShouldBe(new(Hits: 1, Misses: 1, Evictions: 3, Items: 1, Bytes: 950));
    }

    private ProviderHarness Create(params (string, string)[] settings) => new([("Providers:Ollama:Endpoint", _server.Endpoint.ToString()), .. settings], _time);

    private async Task<(string Text, ModelUpdate.Finished End)> AskAsync(ModelRequest request, PrivacyLabel label = PrivacyLabel.Standard, ProviderHarness? harness = null)
    {
        IReadOnlyList<ModelUpdate> updates = await (harness ?? _harness).AskAsync(request, Locality.Local, label: label);
        return (string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(delta => delta.Text)), updates[^1].ShouldBeOfType<ModelUpdate.Finished>());
    }
}
