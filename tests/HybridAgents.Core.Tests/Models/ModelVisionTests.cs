using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tests.Models;

public sealed class ModelVisionTests
{
    [Theory]
    [InlineData("gpt-4o-2024-08-06", true)]
    [InlineData("gpt-4", false)]
    [InlineData("gpt-4-turbo", true)]
    [InlineData("gpt-3.5-turbo", false)]
    [InlineData("o1", true)]
    [InlineData("o1-mini", false)]
    [InlineData("o3-mini-2025-01-31", false)]
    [InlineData("claude-sonnet-4-5-20250929", true)]
    [InlineData("claude-2.1", false)]
    [InlineData("gemini-2.5-flash", true)]
    [InlineData("llava:13b", true)]
    [InlineData("llama3.2", false)]
    [InlineData("llama3.2-vision:11b", true)]
    [InlineData("qwen2.5vl:7b", true)]
    [InlineData("Qwen/Qwen2.5-VL-7B-Instruct", true)]
    [InlineData("gemma3", true)]
    [InlineData("gemma3:1b", false)]
    [InlineData("gemini-2.5-flash-lite", true)]
    [InlineData("mistral-small-latest", true)]
    [InlineData("mistral-small3.2:24b", true)]
    [InlineData("pixtral-12b-2409", true)]
    [InlineData("command-r-plus-08-2024", false)]
    [InlineData("claude-3-opus-20240229", true)]
    [InlineData("my-vision-model", true)]
    public void Describe_Name_TellsWhetherItSees(string model, bool sees) => ModelCatalogue.Describe(new("any", model), Locality.Cloud).SupportsImages.ShouldBe(sees);
}
