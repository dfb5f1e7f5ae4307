using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Responses;

/// <summary>Shows a run as a response.</summary>
internal static class ResponseView
{
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";
    public const string InProgress = "in_progress";
    public const string Queued = "queued";

    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    /// <summary>The response as it is.</summary>
    public static ResponseDocument Of(RunView run, RunRequest request)
    {
        string status = StatusOf(run, request.Response!);
        bool ended = run.Status.IsTerminal();
        return Of(run, request, status) with
        {
            CompletedAt = run.Status == RunStatus.Completed ? run.CompletedAt : null,
            Error = run is { Status: RunStatus.Failed, Error: { } error } ? new(CodeOf(error.Code), $"{error.Code}: {error.Message}") : null,
            IncompleteDetails = status == Incomplete ? new(run.Result!.FinishReason == "length" ? "max_output_tokens" : "content_filter") : null,
            Model = ended ? run.Progress.Model ?? request.Agent.Model : request.Agent.Model,
            Provider = ended ? run.Progress.Provider : null,
            Output = ended ? ItemsOf(run, status == Completed ? Completed : Incomplete) : [],
            Usage = ended ? new(run.Usage.PromptTokens, new(0), run.Usage.CompletionTokens, new(0), run.Usage.TotalTokens) : null,
        };
    }

    /// <summary>The response as it was when it began: what its first events show.</summary>
    public static ResponseDocument Begun(RunView run, RunRequest request, string status) => Of(run, request, status);

    /// <summary>The items of what was answered: the text, unless there are only calls, and the calls.</summary>
    public static IReadOnlyList<object> ItemsOf(RunView run, string status)
    {
        if (run.Result?.Message is not { } answer)
            return [];
        List<object> items = [];
        IReadOnlyList<ToolCall> calls = answer.ToolCalls ?? [];
        if (answer.Content is { Length: > 0 } || calls.Count == 0)
            items.Add(MessageItem(ResponseId.Message(run.RunId, AttemptOf(run)), status, answer.Content ?? ""));
        items.AddRange(calls.Select((call, index) => new ResponseCall(ResponseId.Call(run.RunId, index), "function_call", Completed, call.Id, call.Name, call.Arguments)));
        return items;
    }

    public static ResponseMessage MessageItem(string id, string status, string? text) => new(id, "message", status, "assistant", text is null ? [] : [Part(text)]);

    public static ResponseTextPart Part(string text) => new("output_text", text, [], []);

    private static ResponseDocument Of(RunView run, RunRequest request, string status)
    {
        ResponseSettings settings = request.Response!;
        AnswerOptions options = settings.Options;
        return new()
        {
            Id = ResponseId.Of(run.RunId),
            CreatedAt = run.CreatedAt,
            Status = status,
            Background = settings.Background,
            Instructions = request.Agent.Instructions,
            MaxOutputTokens = settings.MaxOutputTokens,
            Model = request.Agent.Model,
            ParallelToolCalls = request.Agent.ParallelTools,
            PreviousResponseId = settings.PreviousResponseId,
            Reasoning = new(options.ReasoningEffort),
            Store = settings.Store,
            Temperature = request.Agent.Temperature,
            Text = new(ResponseFormat.Of(options.Format)),
            ToolChoice = !settings.OffersTools ? "none" : options.Tool is not { } demand ? "auto" : demand.Name is { } name ? new { type = "function", name } : "required",
            Tools = [.. request.Agent.ClientTools.Select(static tool => new ResponseTool("function", tool.Name, tool.Description, tool.Parameters, tool.Strict))],
            TopP = options.TopP,
            Truncation = settings.Truncates ? "auto" : "disabled",
            Metadata = run.Metadata ?? Empty,
        };
    }

    private static int AttemptOf(RunView run) => run.Routing is [.., { Attempts.Count: > 0 and var count }] ? count : 1;

    private static string StatusOf(RunView run, ResponseSettings settings) => run.Status switch
    {
        RunStatus.Completed => run.Result?.FinishReason is "length" or "content_filter" ? Incomplete : Completed,
        RunStatus.Failed => "failed",
        RunStatus.Cancelled => "cancelled",
        RunStatus.Queued when settings.Background => Queued,
        _ => InProgress,
    };

    private static string CodeOf(string code) => code switch
    {
        ChatErrorCodes.RateLimited or RunErrorCodes.BudgetExceeded => "rate_limit_exceeded",
        RunErrorCodes.PrivacyUnsatisfiable or RunErrorCodes.ContextLengthExceeded or RunErrorCodes.ToolNotSupported or ChatErrorCodes.ParameterNotSupported => "invalid_prompt",
        _ => "server_error",
    };
}
