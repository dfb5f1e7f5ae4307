using System.Buffers;
using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Orchestrations.Chat;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Chat;

/// <summary>A whole answer as OpenAI has it, and ours beside: <c>message</c>, <c>provider</c> and <c>routing_metrics</c>.</summary>
/// <param name="answer">The answer.</param>
/// <param name="explain">Whether to list every candidate with its score.</param>
internal sealed class ChatAnswerResult(ChatAnswer answer, bool explain) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        await using (Utf8JsonWriter json = new(buffer, ChatJson.WriterOptions))
            Write(json);
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = buffer.WrittenCount;
        await httpContext.Response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter json)
    {
        ChatOrigin origin = answer.Origin;
        json.WriteStartObject();
        json.WriteString("id", origin.Id);
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", origin.Created.ToUnixTimeSeconds());
        json.WriteString("model", origin.Model.Model);
        json.WriteStartArray("choices");
        for (int index = 0; index < answer.Choices.Count; index++)
        {
            ChatAnswerChoice choice = answer.Choices[index];
            json.WriteStartObject();
            json.WriteNumber("index", index);
            WriteMessage(json, choice);
            ChatJson.WriteProbabilities(json, choice.Probabilities);
            json.WriteString("finish_reason", choice.FinishReason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("usage");
        ChatJson.WriteUsage(json, answer.Usage);
        WriteMessage(json, answer.Choices[0]);
        json.WriteString("provider", origin.Model.Provider);
        json.WritePropertyName("routing_metrics");
        JsonSerializer.Serialize(json, ChatMetrics.Of(origin, explain), ApiJson.Options);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatAnswerChoice choice)
    {
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", choice.Text);
        json.WriteNull("refusal");
        if (choice.Calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (ToolCall call in choice.Calls)
            {
                json.WriteStartObject();
                ChatJson.WriteCall(json, call);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
