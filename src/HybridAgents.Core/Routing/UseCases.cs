namespace HybridAgents.Core.Routing;

/// <summary>What a request is for, as far as the choice of a local model depends on it.</summary>
public static class UseCases
{
    public const string CodeGeneration = "code_generation";
    public const string CreativeWriting = "creative_writing";
    public const string MathematicalReasoning = "mathematical_reasoning";
    public const string Conversational = "conversational";
    public const string KnowledgeIntensive = "knowledge_intensive";
    public const string ResourceConstrained = "resource_constrained";

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<string> All { get; } = [CodeGeneration, CreativeWriting, MathematicalReasoning, Conversational, KnowledgeIntensive, ResourceConstrained];
}
