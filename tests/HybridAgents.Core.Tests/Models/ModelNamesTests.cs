using HybridAgents.Core.Models;

namespace HybridAgents.Core.Tests.Models;

public sealed class ModelNamesTests
{
    [Theory]
    [InlineData("text-embedding-3-small")]
    [InlineData("nomic-embed-text:latest")]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2")]
    [InlineData("BAAI/bge-m3")]
    [InlineData("intfloat/multilingual-e5-large")]
    [InlineData("openai/Whisper-large-v3")]
    [InlineData("tts-1-hd")]
    [InlineData("gpt-4o-mini-tts")]
    [InlineData("gpt-4o-transcribe")]
    [InlineData("dall-e-3")]
    [InlineData("stable-diffusion-xl")]
    [InlineData("omni-moderation-latest")]
    [InlineData("rerank-v3.5")]
    public void MayChat_OtherUse_IsFalse(string model) => ModelNames.MayChat(model).ShouldBeFalse();

    [Theory]
    [InlineData("gpt-4o-mini")]
    [InlineData("llama3.2:3b")]
    [InlineData("qwen2.5-coder:7b")]
    [InlineData("mistralai/Mistral-7B-Instruct-v0.3")]
    [InlineData("claude-haiku-4-5")]
    [InlineData("gemma3:e5b")]
    [InlineData("nettsby-chat")]
    public void MayChat_ChatModel_IsTrue(string model) => ModelNames.MayChat(model).ShouldBeTrue();
}
