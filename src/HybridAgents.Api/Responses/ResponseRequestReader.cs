using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Responses;

/// <summary>Turns a body that fits <see cref="ResponseSchema"/> into the request of a run of one model call, whose tools are all the client's.</summary>
internal static class ResponseRequestReader
{
    /// <summary>The bound on an answer when the caller gives none.</summary>
    private const int UsualOutput = 8_192;

    private const int MaxMetadata = 16;

    /// <summary>Reads the request. Nothing in it refers to <paramref name="body"/> afterwards.</summary>
    /// <param name="body">The body.</param>
    /// <param name="earlier">The request of the response that this one goes on from, its answer among the messages; null for none.</param>
    /// <exception cref="RequestRefusedException">It contradicts itself (400).</exception>
    public static RunRequest Read(JsonElement body, RunRequest? earlier)
    {
        Faults faults = new();
        List<ToolSpec> tools = ReadTools(body, faults);
        string? choice = body.Field("tool_choice") is { ValueKind: JsonValueKind.String } word ? word.GetString() : null;
        RoutingPreferences routing = body.Field("routing_preferences") is { } given ? RoutingPreferencesBody.Read(given, new()) : new();
        RunRequest request = new()
        {
            Agent = new()
            {
                SystemPrompt = "",
                Instructions = body.Text("instructions"),
                Model = body.Text("model") ?? "auto",
                Tools = [],
                ClientTools = tools,
                Temperature = body.Field("temperature")?.GetDouble(),
                MaxTokens = body.Integer("max_output_tokens") ?? UsualOutput,
                MaxTurns = 1,
                ParallelTools = body.Flag("parallel_tool_calls") ?? true,
            },
            Messages = new ResponseInputReader(faults).Read(body, earlier?.Messages ?? []),
            Metadata = ReadMetadata(body, faults),
            // What was private stays so; consent to the cloud is given anew each time.
            Routing = routing with { PrivacyLevel = routing.PrivacyLevel.RaisedTo(earlier?.Routing.PrivacyLevel ?? default) },
            Untrusted = earlier?.Untrusted ?? false,
            Response = new()
            {
                PreviousResponseId = body.Text("previous_response_id"),
                Background = body.Flag("background") ?? false,
                Store = body.Flag("store") ?? true,
                OffersTools = choice != "none",
                Truncates = body.Text("truncation") == "auto",
                MaxOutputTokens = body.Integer("max_output_tokens"),
                Options = new()
                {
                    TopP = body.Field("top_p")?.GetDouble(),
                    Format = ReadFormat(body, faults),
                    Tool = ReadDemand(body, tools, choice, faults),
                    ReasoningEffort = body.Field("reasoning")?.Text("effort"),
                },
            },
        };
        if (request.Response is { Background: true, Store: false })
            faults.Add("background", "needs store: what is not stored cannot be read later");
        faults.ThrowIfAny();
        return request;
    }

    private static List<ToolSpec> ReadTools(JsonElement body, Faults faults)
    {
        List<ToolSpec> tools = [];
        int index = 0;
        foreach (JsonElement item in body.Items("tools"))
        {
            string path = $"tools[{index++}]";
            string name = item.Text("name")!;
            if (tools.Exists(tool => tool.Name == name))
                faults.Add(path, $"names '{ApiErrors.Shorten(name)}' a second time");
            else if (RunRequestReader.ReadClientTool(item, name, path, faults) is { } tool)
                tools.Add(tool);
        }

        return tools;
    }

    private static AnswerFormat? ReadFormat(JsonElement body, Faults faults)
    {
        if (body.Field("text")?.Field("format") is not { } format)
            return null;
        switch (format.Text("type"))
        {
            case "text":
                return null;
            case "json_object":
                return new();
        }

        if (format.Field("schema") is not { } schema)
        {
            faults.Add("text.format.schema", "is required with type json_schema");
            return null;
        }

        return new(schema.Clone(), format.Text("name"), format.Text("description"), format.Flag("strict"));
    }

    private static ToolDemand? ReadDemand(JsonElement body, List<ToolSpec> tools, string? choice, Faults faults)
    {
        string? name = body.Field("tool_choice") is { ValueKind: JsonValueKind.Object } named ? named.Text("name") : null;
        if (choice != "required" && name is null)
            return null;
        if (tools.Count == 0)
            faults.Add("tool_choice", "needs tools");
        else if (name is not null && !tools.Exists(tool => tool.Name == name))
            faults.Add("tool_choice.name", $"must be one of the tools: {string.Join(", ", tools.Select(static tool => tool.Name))}");
        return new(name);
    }

    private static JsonElement? ReadMetadata(JsonElement body, Faults faults)
    {
        if (body.Field("metadata") is not { } metadata)
            return null;
        int count = 0;
        foreach (JsonProperty entry in metadata.EnumerateObject())
        {
            if (entry.Name.Length > 64 || entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString()!.Length > 512)
                faults.Add($"metadata.{ApiErrors.Shorten(entry.Name)}", "must be a string of at most 512 characters with a name of at most 64");
            count++;
        }

        if (count > MaxMetadata)
            faults.Add("metadata", $"must have at most {MaxMetadata} entries");
        return metadata.Clone();
    }
}
