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
        if (value.Images is { Count: > 0 } images)
            WriteParts(writer, value.Content ?? "", images);
        else
            writer.WriteString("content", value.Content);
        if (value.Name is not null)
            writer.WriteString("name", value.Name);
        if (value.ToolCallId is not null)
            writer.WriteString("tool_call_id", value.ToolCallId);
        if (value.ToolCalls is not null)
            WriteCalls(writer, value.ToolCalls);
        writer.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter writer, string text, IReadOnlyList<MessageImage> images)
    {
        writer.WriteStartArray("content");
        int at = 0;
        foreach (MessageImage image in images)
        {
            int place = Math.Clamp(image.Position, at, text.Length);
            WriteText(text[at..place].Trim('\n'));
            writer.WriteStartObject();
            writer.WriteString("type", "image_url");
            writer.WriteStartObject("image_url");
            writer.WriteString("url", image.Url);
            if (image.Detail is not null)
                writer.WriteString("detail", image.Detail);
            writer.WriteEndObject();
            writer.WriteEndObject();
            at = place;
        }

        WriteText(text[at..].TrimStart('\n'));
        writer.WriteEndArray();

        void WriteText(string piece)
        {
            if (piece.Length == 0)
                return;
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteString("text", piece);
            writer.WriteEndObject();
        }
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
