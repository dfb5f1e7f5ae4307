using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Translates the options of a call, tools included.</summary>
internal static class OpenAIRequestOptions
{
    private static readonly string[] ReasoningFamilies = ["o1", "o3", "o4", "gpt-5"];

    public static ChatCompletionOptions ToWire(ChatOptions? options, OpenAIProfile profile)
    {
        bool newer = profile.TokenLimit == OpenAIProfile.NewerLimit;
        ChatCompletionOptions wire = new() { MaxOutputTokenCount = newer ? options?.MaxOutputTokens : null };
        // Reasoning models refuse any temperature but their own.
        if (!ReasoningFamilies.Any(family => options?.ModelId?.StartsWith(family, StringComparison.OrdinalIgnoreCase) == true))
            wire.Temperature = options?.Temperature;
        foreach (AIFunctionDeclaration tool in (options?.Tools ?? []).OfType<AIFunctionDeclaration>())
            wire.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText())));
        if (wire.Tools.Count > 0 && options?.AllowMultipleToolCalls == false && profile.ParallelSwitch)
            wire.AllowParallelToolCalls = false;
#pragma warning disable SCME0001 // Fields that the SDK does not know, or sends unasked, are reachable by this experimental member only.
        if (!newer && options?.MaxOutputTokens is { } most)
            wire.Patch.Set(Encoding.UTF8.GetBytes($"$.{profile.TokenLimit}"), most);
        if (!profile.AskForUsage)
            wire.Patch.Remove("$.stream_options"u8);
#pragma warning restore SCME0001
        return wire;
    }
}
