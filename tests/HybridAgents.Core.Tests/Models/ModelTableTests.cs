using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tests.Models;

public sealed class ModelTableTests
{
    public static TheoryData<string, string[]> FirstGeneration => new()
    {
        { "llama2", ["general_knowledge", "reasoning", "instruction_following"] },
        { "llama2:13b", ["general_knowledge", "reasoning", "instruction_following"] },
        { "llama2:70b", ["general_knowledge", "reasoning", "instruction_following"] },
        { "mistral", ["instruction_following", "reasoning", "versatility"] },
        { "mistral:7b-instruct", ["instruction_following", "chat", "versatility"] },
        { "codellama", ["code_generation", "code_explanation", "technical_writing"] },
        { "codellama:34b", ["code_generation", "code_explanation", "technical_writing"] },
        { "dolphin-mistral", ["conversational", "creative", "helpfulness"] },
        { "neural-chat", ["conversational", "instruction_following", "helpfulness"] },
        { "orca-mini", ["efficiency", "general_knowledge", "basic_reasoning"] },
        { "vicuna", ["conversational", "instruction_following"] },
        { "wizard-math", ["mathematics", "problem_solving", "logical_reasoning"] },
        { "phi", ["efficiency", "basic_tasks", "lightweight"] },
    };

    [Theory]
    [MemberData(nameof(FirstGeneration))]
    public void Strengths_ModelOfTheFirstCatalogue_AreItsOwn(string model, string[] strengths) => ModelCatalogue.Strengths(model).ShouldBe(strengths);

    [Fact]
    public void Pairs_OfTheFirstCatalogue_AreTheSix() => ModelCounterparts.Pairs.ShouldBe(
        new Dictionary<string, string>
        {
            ["gpt-3.5-turbo"] = "llama2",
            ["gpt-3.5-turbo-16k"] = "mistral:7b-instruct",
            ["gpt-4"] = "llama2:70b",
            ["gpt-4o"] = "mistral",
            ["gpt-4-turbo"] = "mistral",
            ["code-llama"] = "codellama",
        },
        ignoreOrder: true);

    [Theory]
    [InlineData("gpt-4", "llama2:70b")]
    [InlineData("gpt-4o-mini", "gpt-oss")]
    [InlineData("claude-opus-4-5", "llama3.3")]
    [InlineData("gpt-3.5-turbo-instruct", "llama3.2")]
    public void LocalFor_CloudModel_IsTheNamedOrTheSmallestAsGood(string cloud, string local) =>
        ModelCounterparts.LocalFor(ModelCatalogue.Describe(new("openai", cloud), Locality.Cloud)).ShouldBe(local);

    [Fact]
    public void Entries_All_AreWellFormed()
    {
        ModelTable.Entries.Select(static entry => entry.Name).ShouldBeUnique();
        foreach (ModelTable.Entry entry in ModelTable.Entries)
        {
            entry.Strengths.ShouldNotBeEmpty(entry.Name);
            entry.Quality.ShouldBeInRange(0.1, 1, entry.Name);
            entry.ContextWindow.ShouldBeInRange(512, 2_097_152, entry.Name);
            entry.MaxOutputTokens?.ShouldBeLessThanOrEqualTo(entry.ContextWindow, entry.Name);
            (entry.Price?.PromptPerMillion ?? 1).ShouldBeGreaterThan(0, entry.Name);
            (entry.Price is { CompletionPerMillion: > 0 } || entry.Price is null || entry.Strengths.Contains("embeddings")).ShouldBeTrue(entry.Name);
            ModelNames.MayChat(entry.Name).ShouldBe(!entry.Strengths.Contains("embeddings"), entry.Name);
        }
    }

    [Theory]
    [InlineData("mistral-small-latest", 131_072, 0.10)]
    [InlineData("mistral-large-2411", 131_072, 2)]
    [InlineData("codestral-2508", 262_144, 0.30)]
    [InlineData("command-a-03-2025", 262_144, 2.50)]
    [InlineData("command-r-plus-08-2024", 131_072, 2.50)]
    [InlineData("gemini-2.5-flash-lite", 1_048_576, 0.10)]
    [InlineData("deepseek-reasoner", 131_072, 0.28)]
    public void Describe_CloudModel_HasItsWindowAndPrice(string name, int window, double prompt)
    {
        ModelInfo model = ModelCatalogue.Describe(new("p", name), Locality.Cloud);
        (model.ContextWindow, model.Price!.PromptPerMillion).ShouldBe((window, (decimal)prompt));
    }
}
