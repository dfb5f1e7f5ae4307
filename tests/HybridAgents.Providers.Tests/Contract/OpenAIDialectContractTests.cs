using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>The contract for whoever speaks OpenAI's language, and what services are known to do to it.</summary>
/// <param name="name">The provider.</param>
/// <param name="model">The model.</param>
/// <param name="locality">Where it is when it is addressed on loopback.</param>
/// <param name="quirks">What the service refuses, and how it departs.</param>
public abstract class OpenAIDialectContractTests(string name, string model, Locality locality, WireQuirks quirks) : ProviderContractTests
{
    protected OpenAiWireServer Service { get; private set; } = null!;

    protected override WireServer Server => Service;

    protected override ModelRef Model { get; } = new(name, model);

    protected override Locality Locality => locality;

    protected override async Task StartServerAsync()
    {
        Service = await OpenAiWireServer.StartAsync();
        Service.Quirks = quirks;
        Service.Models[0] = model;
    }

    [Fact]
    public async Task Stream_WithheldByAFilter_SaysSo()
    {
        Service.Enqueue(WireReply.Says("So").WithFinishReason("content_filter"));

        (await AskAsync())[^1].ShouldBe(new ModelUpdate.Finished("content_filter", new(11, 7), Model.Model));
    }

    [Theory]
    [InlineData("error")]
    [InlineData("abort")]
    [InlineData("function_call_filter: MALFORMED_FUNCTION_CALL")]
    public async Task Stream_EndsWithAReasonOfTheServicesOwn_IsNoCleanEnd(string reason)
    {
        Service.Enqueue(WireReply.Says("So").WithFinishReason(reason));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.Malformed);
        error.Message.ShouldContain($"'{reason}'");
    }

    [Fact]
    public async Task Stream_ArgumentsAsAnObject_AreNotTakenForNone()
    {
        Service.Enqueue(WireReply.Sends(Events(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_7","type":"function","function":{"name":"get_weather","arguments":{"city":"Bern"}}}]},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""")));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.Malformed);
    }

    [Fact]
    public async Task Stream_CallInOneChunkWithItsFinish_IsWhole()
    {
        Service.Enqueue(WireReply.Sends(Events(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"call_7","function":{"name":"get_weather","arguments":"{}"}}]},"finish_reason":"stop"}]}""")));

        IReadOnlyList<ModelUpdate> updates = await AskAsync();

        ToolCallOf(updates).ShouldBe(("call_7", "get_weather", "{}"));
        updates[^1].ShouldBeOfType<ModelUpdate.Finished>().Reason.ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Stream_Thoughts_AreNoPartOfTheAnswer()
    {
        Service.Enqueue(WireReply.Sends(Events(
            """{"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm."},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Yes."},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{"content":null},"finish_reason":"stop"}]}""")));

        (await AskAsync()).OfType<ModelUpdate.TextDelta>().Select(static delta => delta.Text).ShouldBe(["Yes."]);
    }

    protected static string Events(params string[] chunks) => string.Concat(chunks.Append("[DONE]").Select(static chunk => $"data: {chunk}\n\n"));

    private static (string Id, string Name, string Arguments) ToolCallOf(IEnumerable<ModelUpdate> updates)
    {
        Core.Conversations.ToolCall call = updates.OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem().Call;
        return (call.Id, call.Name, call.Arguments);
    }
}
