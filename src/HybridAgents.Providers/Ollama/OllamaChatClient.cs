using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Ollama.Emulation;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Ollama;

/// <summary>Translates a chat to and from Ollama's own <c>/api/chat</c>, and nothing else. Models whose template knows no tools get them by prompt.</summary>
/// <param name="settings">The provider.</param>
/// <param name="api">The server.</param>
/// <param name="models">What it says of its models.</param>
internal sealed class OllamaChatClient(ProviderSettings settings, OllamaApi api, OllamaModels models) : StreamClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelRef model = new(settings.Name, options?.ModelId ?? "");
        OllamaDetails details = await models.DetailsAsync(model.Model, cancellationToken)
            ?? throw new ProviderException(model, ProviderFault.ModelNotFound, $"The server does not have the model {model.Model}.") { StatusCode = 404 };
        bool emulated = options?.Tools is { Count: > 0 } && !details.NativeTools;
        OllamaChatRequest request = ToRequest(model, [.. messages], options, details, emulated, out int promptTokens);

        using HttpResponseMessage response = await api.ChatAsync(model, request, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        OllamaAnswer answer = new(model, promptTokens, emulated);
        await foreach (OllamaChatLine line in JsonLines.ReadAsync(body, OllamaJson.Default.OllamaChatLine, cancellationToken))
        {
            yield return answer.Read(line);
            if (line.Done)
                yield break;
        }
    }

    private OllamaChatRequest ToRequest(
        ModelRef model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, OllamaDetails details, bool emulated, out int promptTokens)
    {
        IReadOnlyList<AIFunctionDeclaration> tools = [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>()];
        IReadOnlyList<OllamaMessage> wire = emulated ? ToolPrompt.ToMessages(messages, tools) : OllamaRequests.ToMessages(messages);
        // What an image comes to differs much from model to model: counted as text it could look like a prompt that was cut.
        promptTokens = TokenEstimate.Of(messages);
        int whole = promptTokens + ImageContents.Estimate(messages) + tools.Sum(tool => TokenEstimate.Of(tool.Name) + TokenEstimate.Of(tool.Description) + TokenEstimate.Of(tool.JsonSchema.GetRawText()));
        int window = OllamaWindow.Size(model, whole, options?.MaxOutputTokens, details.ContextLength);
        return new(
            model.Model,
            wire,
            tools.Count > 0 && !emulated ? OllamaRequests.ToTools(tools) : null,
            new(options?.Temperature, options?.MaxOutputTokens, window)
            {
                TopP = options?.TopP,
                FrequencyPenalty = options?.FrequencyPenalty,
                PresencePenalty = options?.PresencePenalty,
                Seed = options?.Seed,
                Stop = options?.StopSequences,
            })
        {
            Format = OllamaRequests.ToFormat(options?.ResponseFormat),
            Think = details.Thinks && settings.Think is { } think ? OllamaRequests.ToThink(think) : null, // Others refuse to be asked.
            KeepAlive = settings.KeepAlive,
        };
    }
}
