using System.Text;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Conversations.ConversationPaths;

namespace HybridAgents.Api.Conversations;

/// <summary>What is made of a conversation's turns: the newest one anew, a branch, a document.</summary>
public sealed class ConversationTurnRoutes(IConversations conversations, AgentResolver resolver, RunAcceptance acceptance) : IApiRoutes
{
    private static readonly ObjectSchema BranchBody = new(new Field("message_id", new TextSchema(1, 64)), new Field("title", new TextSchema(1, 255)));

    private static readonly ObjectSchema RegenerateBody = new(new Field("model", new TextSchema(1, 255)), new Field("temperature", new NumberSchema(0, 2)));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        .. Each("Regenerate*", $"{One}/regenerate", (name, path) => new(name, "POST", path, ApiAccess.Write, RegenerateAsync)
        {
            Tag = "Conversations", Summary = "Starts a run that makes the newest turn anew. The old answer stays until the new one is there.",
            Body = RegenerateBody, BodyOptional = true, Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = RunAcceptance.Errors,
        }),
        .. Each("Branch*", $"{One}/branch", (name, path) => new(name, "POST", path, ApiAccess.Write, BranchAsync)
        {
            Tag = "Conversations", Summary = "Makes a conversation of this one's messages up to and with `message_id`, the last of an exchange; of all without it. It has this one's privacy label.",
            Body = BranchBody, BodyOptional = true, Answers = [new(201, typeof(ConversationView), "The new conversation.")], Errors = [404, 413],
        }),
        .. Each("Export*", $"{One}/export", (name, path) => new(name, "GET", path, ApiAccess.Read, ExportAsync)
        {
            Tag = "Conversations", Summary = "Gives a conversation as a document.", Query = [new("format", "`json`, the default, or `markdown`.")],
            Answers = [new(200, typeof(ConversationExport), "The document; `markdown` is `text/markdown`.")], Errors = [404],
        }),
    ];

    private async Task<IResult> RegenerateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, RegenerateBody, optional: true);
        IdempotencyToken? token = RunAcceptance.TokenOf(http, body);
        RegenerateResult turn = await conversations.LastTurnAsync(IdOf(http), CallerOf(http), http.RequestAborted);
        if (!turn.Found)
            return ApiResults.Error(ConversationTurn.NotFound(IdOf(http)));
        if (turn.Request is not { } request)
            return ApiResults.Error(ApiErrors.Conflict("The conversation has no turn that could be made anew."));
        AgentConfig agent = await ResolveAsync(request.Agent, CallerOf(http).Tenant, http.RequestAborted);
        return await acceptance.StartAsync(http, request with
        {
            Agent = agent with { Model = body.Root.Text("model") ?? agent.Model, Temperature = body.Root.Field("temperature")?.GetDouble() ?? agent.Temperature },
            Routing = request.Routing with { PrivacyLevel = agent.PrivacyLevel },
        }, token);
    }

    private async Task<IResult> BranchAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, BranchBody, optional: true);
        BranchResult branch = await conversations.BranchAsync(IdOf(http), CallerOf(http), body.Root.Text("message_id"), body.Root.Text("title"), http.RequestAborted);
        if (!branch.Found)
            return ApiResults.Error(ConversationTurn.NotFound(IdOf(http)));
        if (branch.Conversation is not { } made)
            return ApiResults.Error(ApiErrors.Invalid("message_id", "must be the last message of an exchange: the next one, if there is one, is the user's"));
        http.Response.Headers.Location = $"/api/v1/conversations/{made.ConversationId}";
        return ApiResults.Json(made, StatusCodes.Status201Created);
    }

    private async Task<IResult> ExportAsync(HttpContext http)
    {
        Format format = http.QueryWord<Format>("format") ?? Format.Json;
        ConversationView conversation = OrNotFound(await conversations.GetAsync(IdOf(http), CallerOf(http), http.RequestAborted), IdOf(http));
        IReadOnlyList<ConversationMessage> messages = OrNotFound(await conversations.MessagesAsync(IdOf(http), CallerOf(http), http.RequestAborted), IdOf(http));
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{conversation.ConversationId}.{(format == Format.Json ? "json" : "md")}\"";
        return format == Format.Json
            ? ApiResults.Json(new ConversationExport(conversation, messages))
            : Results.Text(Markdown(conversation, messages), "text/markdown; charset=utf-8", Encoding.UTF8);
    }

    /// <summary>The conversation's agent as it is now; the type alone if it has been deleted.</summary>
    private async Task<AgentConfig> ResolveAsync(AgentConfig agent, string tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveAsync(agent.AgentId ?? agent.AgentType, tenant, cancellationToken);
        }
        catch (AgentUnresolvedException) when (agent.AgentId is not null)
        {
            return await resolver.ResolveAsync(agent.AgentType, tenant, cancellationToken);
        }
    }

    private static string Markdown(ConversationView conversation, IReadOnlyList<ConversationMessage> messages)
    {
        StringBuilder text = new();
        text.Append("# ").Append((conversation.Title ?? "Conversation").ReplaceLineEndings(" ")).Append("\n\n");
        foreach (ConversationMessage entry in messages)
        {
            Message message = entry.Message;
            string speaker = message.Role switch { MessageRole.User => "User", MessageRole.Assistant => "Assistant", MessageRole.Tool => $"Tool {message.Name}", _ => "System" };
            text.Append("## ").Append(speaker).Append(" · ").Append(entry.CreatedAt.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture)).Append("\n\n");
            if (!string.IsNullOrEmpty(message.Content))
                text.Append(message.Role == MessageRole.Tool ? Fenced(message.Content) : message.Content).Append("\n\n");
            foreach (ToolCall call in message.ToolCalls ?? [])
                text.Append("Calls `").Append(call.Name).Append("`:\n\n").Append(Fenced(call.Arguments)).Append("\n\n");
        }

        return text.ToString();
    }

    /// <summary>A fence longer than any in the text.</summary>
    private static string Fenced(string text)
    {
        string fence = "```";
        while (text.Contains(fence, StringComparison.Ordinal))
            fence += "`";
        return $"{fence}\n{text}\n{fence}";
    }

    /// <summary>The words of <c>format</c>.</summary>
    private enum Format
    {
        Json,
        Markdown,
    }
}

/// <summary>A conversation as a document.</summary>
public sealed record ConversationExport(ConversationView Conversation, IReadOnlyList<ConversationMessage> Messages);
