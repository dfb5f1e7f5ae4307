using System.Text.Json;
using System.Text.Json.Serialization;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Runs;

/// <summary>Writes a message as requests carry it: the shape of OpenAI's chat messages.</summary>
internal sealed class MessageJsonConverter : JsonConverter<Message>
{
    public override Message Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Messages of requests are read by MessageReader.");

    public override void Write(Utf8JsonWriter writer, Message value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("role", value.Role switch
        {
            MessageRole.System => "system",
            MessageRole.User => "user",
            MessageRole.Assistant => "assistant",
            _ => "tool",
        });
        writer.WriteString("content", value.Content);
        if (value.Name is not null)
            writer.WriteString("name", value.Name);
        if (value.ToolCallId is not null)
            writer.WriteString("tool_call_id", value.ToolCallId);
        if (value.ToolCalls is not null)
            WriteCalls(writer, value.ToolCalls);
        writer.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<ToolCall> calls)
    {
        writer.WriteStartArray("tool_calls");
        foreach (ToolCall call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id", call.Id);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", call.Name);
            writer.WriteString("arguments", call.Arguments);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
