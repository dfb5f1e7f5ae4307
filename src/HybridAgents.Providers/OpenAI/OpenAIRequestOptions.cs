using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Translates the options of a call, tools included.</summary>
internal static class OpenAIRequestOptions
{
    private static readonly string[] ReasoningFamilies = ["o1", "o3", "o4", "gpt-5"];

    public static ChatCompletionOptions ToWire(ChatOptions? options)
    {
        ChatCompletionOptions wire = new() { MaxOutputTokenCount = options?.MaxOutputTokens };
        // Reasoning models refuse any temperature but their own.
        if (!ReasoningFamilies.Any(family => options?.ModelId?.StartsWith(family, StringComparison.OrdinalIgnoreCase) == true))
            wire.Temperature = options?.Temperature;
        foreach (AIFunctionDeclaration tool in (options?.Tools ?? []).OfType<AIFunctionDeclaration>())
            wire.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText())));
        if (wire.Tools.Count > 0 && options?.AllowMultipleToolCalls == false)
            wire.AllowParallelToolCalls = false;
        return wire;
    }
}
