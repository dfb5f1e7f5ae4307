using System.Text.Json;
using System.Text.RegularExpressions;
using Anthropic.Models.Messages;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Anthropic;

/// <summary>Translates a call. The service takes system text apart from the messages, wants the user to begin and a bound on every answer, and refuses empty text.</summary>
internal static partial class AnthropicRequests
{
    /// <summary>What the service can be asked for beyond text, tools and temperature.</summary>
    public const ModelFeatures Features = ModelFeatures.Stop | ModelFeatures.ToolDemand | ModelFeatures.ImageAddresses;

    /// <summary>The bound on answers of models that the catalogue does not know.</summary>
    private const int DefaultOutput = 4096;

    /// <summary>Stands before a conversation that begins in the middle, or has only system text.</summary>
    private const string Opening = "Continue.";

    /// <summary>Families that let callers choose the temperature.</summary>
    private static readonly string[] Adjustable =
        ["claude-2", "claude-3", "claude-haiku-4", "claude-sonnet-4", "claude-opus-4-0", "claude-opus-4-1", "claude-opus-4-2", "claude-opus-4-5", "claude-opus-4-6"];

    public static MessageCreateParams ToWire(ModelRef model, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        string system = string.Join("\n\n", messages.Where(message => message.Role == ChatRole.System).Select(message => message.Text).Where(text => text.Length > 0));
        MessageCreateParams wire = new()
        {
            Model = model.Model,
            MaxTokens = options?.MaxOutputTokens ?? ModelCatalogue.Describe(model, Locality.Cloud).MaxOutputTokens ?? DefaultOutput,
            Messages = ToWire(messages),
        };
        if (system.Length > 0)
            wire = wire with { System = system };
        if (options?.StopSequences is { Count: > 0 } stop)
            wire = wire with { StopSequences = [.. stop] };
        if (options?.Tools is { Count: > 0 } tools)
            wire = WithTools(wire, tools, options);
        return options?.Temperature is { } temperature && Adjustable.Any(family => model.Model.StartsWith(family, StringComparison.Ordinal))
            ? WithTemperature(wire, temperature)
            : wire;
    }

    /// <summary>The SDK knows temperature no more, because newer models refuse it; those that take it take 0 to 1.</summary>
    private static MessageCreateParams WithTemperature(MessageCreateParams wire, float temperature)
    {
        Dictionary<string, JsonElement> body = new(wire.RawBodyData) { ["temperature"] = JsonSerializer.SerializeToElement(Math.Clamp(temperature, 0, 1)) };
        return MessageCreateParams.FromRawUnchecked(wire.RawHeaderData, wire.RawQueryData, body);
    }

    private static MessageCreateParams WithTools(MessageCreateParams wire, IEnumerable<AITool> tools, ChatOptions options)
    {
        wire = wire with { Tools = [.. tools.OfType<AIFunctionDeclaration>().Select(ToWire)] };
        bool one = options.AllowMultipleToolCalls == false;
        return options.ToolMode switch
        {
            RequiredChatToolMode { RequiredFunctionName: { } name } => wire with { ToolChoice = new ToolChoiceTool(name) { DisableParallelToolUse = one } },
            RequiredChatToolMode => wire with { ToolChoice = new ToolChoiceAny { DisableParallelToolUse = one } },
            _ when one => wire with { ToolChoice = new ToolChoiceAuto { DisableParallelToolUse = true } },
            _ => wire,
        };
    }

    private static ToolUnion ToWire(AIFunctionDeclaration tool) => new Tool
    {
        Name = tool.Name,
        Description = tool.Description,
        InputSchema = InputSchema.FromRawUnchecked(ObjectOf(tool.JsonSchema)),
    };

    /// <summary>Messages of one side that follow each other become one: all results of parallel calls must come in the message right after the calls.</summary>
    private static List<MessageParam> ToWire(IReadOnlyList<ChatMessage> messages)
    {
        List<MessageParam> result = [];
        List<ContentBlockParam> side = [];
        bool assistant = false;
        foreach (ChatMessage message in messages.Where(message => message.Role != ChatRole.System))
        {
            if (side.Count > 0 && assistant != (message.Role == ChatRole.Assistant))
                Add();
            assistant = message.Role == ChatRole.Assistant;
            side.AddRange(message.Contents.Select(ToBlock).OfType<ContentBlockParam>());
        }

        if (side.Count > 0)
            Add();
        if (result.Count == 0 || result[0].Role == MessageParamRole.Assistant)
            result.Insert(0, new UserMessageParam(Opening));
        return result;

        void Add()
        {
            result.Add(assistant ? new AssistantMessageParam(side) : new UserMessageParam(side));
            side = [];
        }
    }

    private static ContentBlockParam? ToBlock(AIContent content) => content switch
    {
        TextContent { Text: { Length: > 0 } text } when !string.IsNullOrWhiteSpace(text) => new TextBlockParam(text),
        DataContent image => new ImageBlockParam(new Base64ImageSource { MediaType = image.MediaType, Data = image.Base64Data.ToString() }),
        UriContent image => new ImageBlockParam(new UrlImageSource(image.Uri.AbsoluteUri)),
        FunctionCallContent call => new ToolUseBlockParam { ID = IdOf(call.CallId), Name = call.Name, Input = ArgumentsOf(call) },
        FunctionResultContent result => new ToolResultBlockParam(IdOf(result.CallId)) { Content = result.Result?.ToString() ?? "" },
        _ => null,
    };

    /// <summary>Ids of other providers may hold signs that this one refuses.</summary>
    private static string IdOf(string id) => OtherSigns().Replace(id, "_");

    private static Dictionary<string, JsonElement> ArgumentsOf(FunctionCallContent call)
    {
        try
        {
            return ObjectOf(JsonElement.Parse(FunctionCalls.ArgumentsOf(call)));
        }
        catch (JsonException)
        {
            return ObjectOf(default); // The service takes objects only; the tool's own message tells the model what was wrong.
        }
    }

    private static Dictionary<string, JsonElement> ObjectOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().ToDictionary(field => field.Name, field => field.Value) : [];

    [GeneratedRegex("[^a-zA-Z0-9_-]", RegexOptions.CultureInvariant)]
    private static partial Regex OtherSigns();
}
