using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Models;
using HybridAgents.Orchestrations.Chat;

namespace HybridAgents.Api.Chat;

/// <summary>Turns a body that fits <see cref="ChatRequestSchema"/> into a request.</summary>
internal static class ChatRequestReader
{
    /// <summary>Reads the request. Nothing in it refers to <paramref name="body"/> afterwards.</summary>
    /// <exception cref="RequestRefusedException">It contradicts itself (400).</exception>
    public static ChatRequest Read(JsonElement body)
    {
        Faults faults = new();
        List<ToolSpec> tools = ReadTools(body, faults);
        string? choice = body.Field("tool_choice") is { ValueKind: JsonValueKind.String } word ? word.GetString() : null;
        ChatRequest request = new()
        {
            Messages = ChatMessageReader.Read(body, faults),
            Tools = choice == "none" ? [] : tools, // What a model is not offered it cannot call.
            ParallelToolCalls = body.Flag("parallel_tool_calls") ?? true,
            Temperature = Number(body, "temperature"),
            MaxTokens = ReadLimit(body, faults),
            Options = ReadOptions(body, tools, choice, faults),
            Model = body.Text("model") ?? "auto",
            Routing = body.Field("routing_preferences") is { } routing ? RoutingPreferencesBody.Read(routing, new()) : new(),
        };
        request = ReadCredential(body, request, faults);
        faults.ThrowIfAny();
        return request;
    }

    /// <summary>A credential is for one provider, and must say or imply which: falling back to another would hand it over.</summary>
    private static ChatRequest ReadCredential(JsonElement body, ChatRequest request, Faults faults)
    {
        if (body.Field("auth_override") is not { } given)
            return request;
        int colon = request.Model.IndexOf(':', StringComparison.Ordinal);
        string? forced = request.Routing.ForceProvider;
        string? provider = given.Text("provider") ?? forced ?? (colon > 0 ? request.Model[..colon] : null);
        if (provider is null || provider.Equals("auto", StringComparison.OrdinalIgnoreCase))
            faults.Add("auth_override.provider", "is required, unless model is provider:model or routing_preferences.force_provider says which");
        else if (forced is not null && !forced.Equals(provider, StringComparison.OrdinalIgnoreCase))
            faults.Add("auth_override.provider", "must be the provider of routing_preferences.force_provider");
        string secret = given.Text("api_key")!;
        if (secret.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            faults.Add("auth_override.api_key", "must be of visible ASCII characters without spaces");
        return request with { Credential = new((provider ?? "").ToLowerInvariant(), secret), Routing = request.Routing with { ForceProvider = provider } };
    }

    private static List<ToolSpec> ReadTools(JsonElement body, Faults faults)
    {
        List<ToolSpec> tools = [];
        int index = 0;
        foreach (JsonElement item in body.Items("tools"))
        {
            string path = $"tools[{index++}]";
            JsonElement function = item.GetProperty("function");
            string name = function.Text("name")!;
            if (tools.Exists(tool => tool.Name == name))
                faults.Add(path, $"names '{ApiErrors.Shorten(name)}' a second time");
            else if (RunRequestReader.ReadClientTool(function, name, $"{path}.function", faults) is { } tool)
                tools.Add(tool);
        }

        return tools;
    }

    private static int? ReadLimit(JsonElement body, Faults faults)
    {
        int? former = body.Integer("max_tokens"), limit = body.Integer("max_completion_tokens");
        if (former is not null && limit is not null && former != limit)
            faults.Add("max_tokens", "must be left out, or be the same, beside max_completion_tokens");
        return limit ?? former;
    }

    private static AnswerOptions ReadOptions(JsonElement body, List<ToolSpec> tools, string? choice, Faults faults)
    {
        bool probabilities = body.Flag("logprobs") ?? false;
        if (body.Integer("top_logprobs") is not null && !probabilities)
            faults.Add("top_logprobs", "needs logprobs to be true");
        return new()
        {
            TopP = Number(body, "top_p"),
            FrequencyPenalty = Number(body, "frequency_penalty"),
            PresencePenalty = Number(body, "presence_penalty"),
            Seed = body.Integer("seed"),
            Stop = ReadStop(body),
            Format = ReadFormat(body, faults),
            Tool = ReadDemand(body, tools, choice, faults),
            ReasoningEffort = body.Text("reasoning_effort"),
            Choices = body.Integer("n") ?? 1,
            TopLogProbabilities = probabilities ? body.Integer("top_logprobs") ?? 0 : null,
        };
    }

    private static IReadOnlyList<string> ReadStop(JsonElement body) => body.Field("stop") switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { } list => [.. list.EnumerateArray().Select(static text => text.GetString()!)],
    };

    private static AnswerFormat? ReadFormat(JsonElement body, Faults faults)
    {
        if (body.Field("response_format") is not { } format)
            return null;
        switch (format.Text("type"))
        {
            case "text":
                return null;
            case "json_object":
                return new();
        }

        if (format.Field("json_schema") is not { } schema)
        {
            faults.Add("response_format.json_schema", "is required with type json_schema");
            return null;
        }

        return new(schema.GetProperty("schema").Clone(), schema.Text("name"), schema.Text("description"), schema.Flag("strict"));
    }

    private static ToolDemand? ReadDemand(JsonElement body, List<ToolSpec> tools, string? choice, Faults faults)
    {
        string? name = body.Field("tool_choice") is { ValueKind: JsonValueKind.Object } named ? named.GetProperty("function").Text("name") : null;
        if (choice != "required" && name is null)
            return null;
        if (tools.Count == 0)
            faults.Add("tool_choice", "needs tools");
        else if (name is not null && !tools.Exists(tool => tool.Name == name))
            faults.Add("tool_choice.function.name", $"must be one of the tools: {string.Join(", ", tools.Select(static tool => tool.Name))}");
        return new(name);
    }

    private static double? Number(JsonElement body, string name) => body.Field(name)?.GetDouble();
}
