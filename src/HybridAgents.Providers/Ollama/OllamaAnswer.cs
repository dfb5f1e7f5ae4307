using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Ollama.Emulation;
using HybridAgents.Providers.Pipeline;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Ollama;

/// <summary>Reads one streamed answer, line by line.</summary>
/// <param name="model">The model that was asked.</param>
/// <param name="promptTokens">What the conversation was estimated at.</param>
/// <param name="emulated">Whether tool calls come as markup in the text.</param>
internal sealed class OllamaAnswer(ModelRef model, int promptTokens, bool emulated)
{
    private readonly ToolMarkupFilter? _markup = emulated ? new() : null;
    private bool _calledTools;

    /// <summary>The line as an update; without contents when it only shows that the server lives.</summary>
    /// <exception cref="ProviderException">The line reports an error, or the end of an answer to a prompt that was cut.</exception>
    public ChatResponseUpdate Read(OllamaChatLine line)
    {
        if (line.Error is { } error)
            throw new ProviderException(model, ProviderFault.StreamBroken, TransportFaults.Bounded(error));
        ChatResponseUpdate update = new() { Role = ChatRole.Assistant, ModelId = line.Model };
        if (line.Message?.Thinking is { Length: > 0 } thinking)
            update.Contents.Add(new TextReasoningContent(thinking));
        AddText(update, _markup is null ? line.Message?.Content : _markup.Push(line.Message?.Content ?? ""));
        foreach (OllamaToolCall call in line.Message?.ToolCalls ?? [])
            AddCall(update, call.Function.Name, Text(call.Function.Arguments));
        if (line.Done)
            Finish(update, line);
        return update;
    }

    private void Finish(ChatResponseUpdate update, OllamaChatLine line)
    {
        OllamaWindow.DemandWhole(model, promptTokens, line.PromptEvalCount);
        if (_markup is not null)
        {
            AddText(update, _markup.Finish());
            foreach ((string name, string arguments) in _markup.Blocks.SelectMany(ToolBlockParser.Parse))
                AddCall(update, name, arguments);
        }

        if (line is { PromptEvalCount: { } prompt, EvalCount: { } completion })
            update.Contents.Add(new UsageContent(new() { InputTokenCount = prompt, OutputTokenCount = completion, TotalTokenCount = prompt + completion }));
        update.FinishReason = line.DoneReason == "length" ? ChatFinishReason.Length : _calledTools ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
    }

    private static void AddText(ChatResponseUpdate update, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            update.Contents.Add(new TextContent(text));
    }

    /// <summary>The server gives calls no ids, so they get one here.</summary>
    private void AddCall(ChatResponseUpdate update, string name, string arguments)
    {
        _calledTools = true;
        update.Contents.Add(FunctionCalls.ToContent($"call_{Guid.NewGuid():N}", name, arguments));
    }

    private static string Text(JsonElement arguments) => arguments.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "{}",
        JsonValueKind.String => arguments.GetString()!,
        _ => arguments.GetRawText(),
    };
}
