using System.ClientModel.Primitives;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.OpenAI;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace HybridAgents.Providers.Tests.OpenAI;

public sealed class OpenAIChoicesTests
{
    private readonly OpenAIChoices _choices = new(new("openai", "gpt-4o"), 2);

    [Fact]
    public void Read_TwoChoicesInOneChunk_AreToldApart()
    {
        ChatResponseUpdate update = _choices.Read(Chunk("""{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}"""));

        update.Contents.Cast<ChoiceContent>().Select(static piece => (piece.Choice, ((TextContent)piece.Content!).Text)).ShouldBe([(0, "a"), (1, "b")]);
        update.FinishReason.ShouldBeNull();
    }

    [Fact]
    public void Read_OneAnswerEnded_TheWholeHasNot()
    {
        _choices.Read(Chunk("""{"index":1,"delta":{},"finish_reason":"length"}""")).FinishReason.ShouldBeNull();
        Should.Throw<ProviderException>(_choices.DemandAll).Fault.ShouldBe(ProviderFault.Rejected);
        _choices.Read(Chunk("""{"index":0,"delta":{},"finish_reason":"stop"}""")).FinishReason.ShouldNotBeNull();
        _choices.DemandAll();
    }

    [Fact]
    public void Read_ChoiceThatWasNotAskedFor_IsMalformed() =>
        Should.Throw<ProviderException>(() => _choices.Read(Chunk("""{"index":2,"delta":{"content":"c"}}"""))).Fault.ShouldBe(ProviderFault.Malformed);

    private static StreamingChatCompletionUpdate Chunk(string choices) => ModelReaderWriter.Read<StreamingChatCompletionUpdate>(
        BinaryData.FromString($$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{{choices}}]}"""))!;
}
