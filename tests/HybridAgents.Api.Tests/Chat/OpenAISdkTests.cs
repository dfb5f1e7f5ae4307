using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using HybridAgents.TestSupport.WireServers;
using OpenAI;
using OpenAI.Chat;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>The official client for .NET, unmodified, against the gateway.</summary>
public sealed class OpenAISdkTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Sdk_Complete_ReadsTheAnswer()
    {
        ClientResult<ChatCompletion> result = await Client().CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage("hello")]);
        ChatCompletion answer = result.Value;
        answer.Content[0].Text.ShouldBe("From OpenAI.");
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
        answer.Model.ShouldBe("gpt-4o");
        (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount).ShouldBe((11, 7));
        answer.Id.ShouldStartWith("chatcmpl-");
    }

    [Fact]
    public async Task Sdk_Stream_ReadsTheChunksAndTheUsage()
    {
        StringBuilder text = new();
        List<StreamingChatCompletionUpdate> updates = [];
        await foreach (StreamingChatCompletionUpdate update in Client().CompleteChatStreamingAsync([new UserChatMessage("hello")]))
        {
            updates.Add(update);
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
        }

        text.ToString().ShouldBe("From OpenAI.");
        updates.Select(static update => update.CompletionId).Distinct().ShouldHaveSingleItem();
        updates[0].Role.ShouldBe(ChatMessageRole.Assistant);
        updates.Single(static update => update.FinishReason is not null).FinishReason.ShouldBe(ChatFinishReason.Stop);
        updates.Single(static update => update.Usage is not null).Usage.TotalTokenCount.ShouldBe(18);
    }

    [Fact]
    public async Task Sdk_Tools_GoRound()
    {
        _gateway.OpenAi.Enqueue(WireReply.Calls("look_up", """{"q":"a"}"""));
        ChatTool tool = ChatTool.CreateFunctionTool("look_up", "Finds.", BinaryData.FromString("""{"type":"object","properties":{"q":{"type":"string"}}}"""));
        ChatCompletionOptions options = new() { Tools = { tool }, ToolChoice = ChatToolChoice.CreateRequiredChoice(), ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat() };
        List<ChatMessage> messages = [new UserChatMessage("hello")];
        ChatCompletion asks = await Client().CompleteChatAsync(messages, options);
        asks.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        asks.ToolCalls[0].FunctionArguments.ToString().ShouldBe("""{"q":"a"}""");
        messages.Add(new AssistantChatMessage(asks));
        messages.Add(new ToolChatMessage(asks.ToolCalls[0].Id, "found"));
        ChatCompletion answer = await Client().CompleteChatAsync(messages);
        answer.Content[0].Text.ShouldBe("From OpenAI.");
    }

    [Theory]
    [InlineData("gpt-99", null, 404, "model_not_found")]
    [InlineData("gpt-4o", "sk-wrong", 401, "invalid_api_key")]
    public async Task Sdk_Refusal_HasStatusAndCode(string model, string? key, int status, string code)
    {
        ClientResultException error = await Should.ThrowAsync<ClientResultException>(() => Client(model, key).CompleteChatAsync([new UserChatMessage("hello")]));
        error.Status.ShouldBe(status);
        error.Message.ShouldContain(code);
    }

    private ChatClient Client(string model = "gpt-4o", string? key = null) => new(model, new ApiKeyCredential(key ?? _gateway.Host.AdminKey), new OpenAIClientOptions
    {
        Endpoint = new(_gateway.Host.Url, "/v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    });
}
