using System.Text;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using AbstractFormat = Microsoft.Extensions.AI.ChatResponseFormat;
using WireFormat = OpenAI.Chat.ChatResponseFormat;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Translates the options of a call, tools included.</summary>
internal static class OpenAIRequestOptions
{
    private static readonly string[] ReasoningFamilies = ["o1", "o3", "o4", "gpt-5"];

    public static ChatCompletionOptions ToWire(ChatOptions? options, OpenAIProfile profile)
    {
        if (options is null)
            return new();
        bool newer = profile.TokenLimit == OpenAIProfile.NewerLimit;
        ChatCompletionOptions wire = new() { MaxOutputTokenCount = newer ? options.MaxOutputTokens : null };
        // Reasoning models refuse any temperature but their own.
        if (!ReasoningFamilies.Any(family => options.ModelId?.StartsWith(family, StringComparison.OrdinalIgnoreCase) == true))
            wire.Temperature = options.Temperature;
        AddTools(wire, options, profile);
        AddSampling(wire, options);
        AddForm(wire, options);
#pragma warning disable SCME0001 // Fields that the SDK does not know, or sends unasked, are reachable by this experimental member only.
        if (!newer && options.MaxOutputTokens is { } most)
            wire.Patch.Set(Encoding.UTF8.GetBytes($"$.{profile.TokenLimit}"), most);
        if (!profile.AskForUsage)
            wire.Patch.Remove("$.stream_options"u8);
        if (AnswerExtras.Of(options) is { Choices: > 1 and var choices })
            wire.Patch.Set("$.n"u8, choices);
#pragma warning restore SCME0001
        return wire;
    }

    private static void AddTools(ChatCompletionOptions wire, ChatOptions options, OpenAIProfile profile)
    {
        foreach (AIFunctionDeclaration tool in (options.Tools ?? []).OfType<AIFunctionDeclaration>())
            wire.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText()), (tool as ToolDeclaration)?.Strict));
        if (wire.Tools.Count == 0)
            return;
        if (options.AllowMultipleToolCalls == false && profile.ParallelSwitch)
            wire.AllowParallelToolCalls = false;
        if (options.ToolMode is RequiredChatToolMode { RequiredFunctionName: var name })
            wire.ToolChoice = name is null ? ChatToolChoice.CreateRequiredChoice() : ChatToolChoice.CreateFunctionChoice(name);
    }

    private static void AddSampling(ChatCompletionOptions wire, ChatOptions options)
    {
        wire.TopP = options.TopP;
        wire.FrequencyPenalty = options.FrequencyPenalty;
        wire.PresencePenalty = options.PresencePenalty;
        foreach (string stop in options.StopSequences ?? [])
            wire.StopSequences.Add(stop);
#pragma warning disable OPENAI001 // Seeds are marked experimental by the SDK, not by the service.
        wire.Seed = options.Seed;
#pragma warning restore OPENAI001
    }

    private static void AddForm(ChatCompletionOptions wire, ChatOptions options)
    {
        AnswerExtras? extras = AnswerExtras.Of(options);
        wire.ResponseFormat = options.ResponseFormat switch
        {
            ChatResponseFormatJson { Schema: { } schema } json => WireFormat.CreateJsonSchemaFormat(
                json.SchemaName ?? "answer", BinaryData.FromString(schema.GetRawText()), json.SchemaDescription, extras?.StrictFormat),
            AbstractFormat format when format == AbstractFormat.Json => WireFormat.CreateJsonObjectFormat(),
            _ => null,
        };
        if (extras?.TopLogProbabilities is { } alternatives)
        {
            wire.IncludeLogProbabilities = true;
            wire.TopLogProbabilityCount = alternatives;
        }

#pragma warning disable OPENAI001 // The level is marked experimental by the SDK, not by the service.
        if (extras?.ReasoningEffort is { } effort)
            wire.ReasoningEffortLevel = new ChatReasoningEffortLevel(effort);
#pragma warning restore OPENAI001
    }
}
