using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // The SDK marks its client for this API as experimental.

namespace HybridAgents.Local.Tests.Responses;

/// <summary>OpenAI's own clients, unmodified.</summary>
public sealed class ResponseSdkTests : IAsyncLifetime
{
    private WiredHost _host = null!;

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static NodePackage Node { get; } = new("tests/HybridAgents.Api.Tests/Chat/openai-node", "openai");

    [Fact]
    public async Task Sdk_Create_ReadsTheAnswer()
    {
        _host.Model.Enqueue(WireReply.Says("From ", "OpenAI."));
        CreateResponseOptions options = new("gpt-4o", [ResponseItem.CreateUserMessageItem("hello")]) { Instructions = "Be brief." };
        ResponseResult response = await Client().CreateResponseAsync(options);
        response.Status.ShouldBe(ResponseStatus.Completed);
        response.GetOutputText().ShouldBe("From OpenAI.");
        response.Usage.TotalTokenCount.ShouldBe(18);
        ((ResponseResult)await Client().GetResponseAsync(response.Id)).GetOutputText().ShouldBe("From OpenAI.");
        (await Client().DeleteResponseAsync(response.Id)).Value.Deleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Sdk_Stream_ReadsTheEvents()
    {
        _host.Model.Enqueue(WireReply.Says("From ", "OpenAI."));
        StringBuilder text = new();
        ResponseResult? completed = null;
        int next = 0;
        CreateResponseOptions options = new("gpt-4o", [ResponseItem.CreateUserMessageItem("hello")]) { StreamingEnabled = true };
        await foreach (StreamingResponseUpdate update in await Client().CreateResponseStreamingAsync(options))
        {
            update.SequenceNumber.ShouldBe(next++);
            if (update is StreamingResponseOutputTextDeltaUpdate delta)
                text.Append(delta.Delta);
            completed = (update as StreamingResponseCompletedUpdate)?.Response ?? completed;
        }

        text.ToString().ShouldBe("From OpenAI.");
        completed!.GetOutputText().ShouldBe("From OpenAI.");
    }

    [Fact]
    public async Task Sdk_Tools_GoRound()
    {
        _host.Model.Enqueue(WireReply.Calls("look_up", """{"q":"a"}"""), WireReply.Says("Found."));
        ResponseTool tool = ResponseTool.CreateFunctionTool("look_up", BinaryData.FromString("""{"type":"object","properties":{"q":{"type":"string"}}}"""), strictModeEnabled: false, "Finds.");
        ResponseResult asks = await Client().CreateResponseAsync(new CreateResponseOptions("gpt-4o", [ResponseItem.CreateUserMessageItem("hello")]) { Tools = { tool } });
        FunctionCallResponseItem call = asks.OutputItems.OfType<FunctionCallResponseItem>().ShouldHaveSingleItem();
        call.FunctionArguments.ToString().ShouldBe("""{"q":"a"}""");
        ResponseResult answer = await Client().CreateResponseAsync(
            new CreateResponseOptions("gpt-4o", [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "found")]) { PreviousResponseId = asks.Id, Tools = { tool } });
        answer.GetOutputText().ShouldBe("Found.");
        answer.PreviousResponseId.ShouldBe(asks.Id);
    }

    [Fact]
    public async Task Sdk_Refusal_HasStatusAndCode()
    {
        ClientResultException error = await Should.ThrowAsync<ClientResultException>(() => Client().CreateResponseAsync("gpt-99", "hello"));
        error.Status.ShouldBe(404);
        error.Message.ShouldContain("model_not_found");
    }

    [OpenAINodeFact]
    public async Task Node_Create_ReadsTheText()
    {
        _host.Model.Enqueue(WireReply.Says("From ", "OpenAI."));
        JsonElement seen = await RunAsync("respond");
        (seen.GetProperty("text").GetString(), seen.GetProperty("status").GetString(), seen.GetProperty("tokens").GetInt32()).ShouldBe(("From OpenAI.", "completed", 18));
    }

    [OpenAINodeFact]
    public async Task Node_Stream_FitsItsAccumulator()
    {
        _host.Model.Enqueue(WireReply.Calls("look_up", """{"q":"a"}"""), WireReply.Says("Found."));
        JsonElement seen = await RunAsync("respondToTools");
        seen.GetProperty("arguments").GetString().ShouldBe("""{"q":"a"}""");
        seen.GetProperty("text").GetString().ShouldBe("Found.");
    }

    [OpenAINodeFact]
    public async Task Node_Background_IsResumed()
    {
        _host.Model.Enqueue(WireReply.Says("From ", "OpenAI."));
        JsonElement seen = await RunAsync("respondLater");
        seen.GetProperty("first").GetInt32().ShouldBe(2);
        seen.GetProperty("last").GetString().ShouldBe("response.completed");
        seen.GetProperty("cancelled").GetString().ShouldBe("completed");
    }

    private ResponsesClient Client() => new(new ApiKeyCredential(_host.Key), new ResponsesClientOptions { Endpoint = new(_host.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    private Task<JsonElement> RunAsync(string scenario) => Node.RunAsync("client.mjs", [scenario], ("BASE_URL", new Uri(_host.Url, "/v1").ToString()), ("KEY", _host.Key));

    /// <summary>A test that needs node and the installed client.</summary>
    private sealed class OpenAINodeFactAttribute : FactAttribute
    {
        public OpenAINodeFactAttribute() => Skip = Node.Missing;
    }
}
