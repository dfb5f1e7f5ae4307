using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Conversations;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Conversations.ConversationPaths;

namespace HybridAgents.Api.Conversations;

/// <summary>Conversations: made, listed, changed, read, cleared, deleted.</summary>
public sealed class ConversationRoutes(IConversations conversations, RunRequestReader reader) : IApiRoutes
{
    private static readonly TextSchema Title = new(1, 255);

    private static readonly ObjectSchema Draft = new(new Field("title", Title), new Field("agent_id", new TextSchema(1, 64)), new Field("agent_type", new TextSchema(1, 64)));

    private static readonly ObjectSchema Change = new(new Field("title", Title), new Field("archived", new FlagSchema()));

    private static readonly ObjectSchema Nothing = new();

    private static readonly IReadOnlyList<RouteAnswer> Answers = [new(200, typeof(ConversationView), "The conversation.")];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        .. Each("List*s", "", (name, path) => new(name, "GET", path, ApiAccess.Read, ListAsync)
        {
            Tag = "Conversations", Summary = "Lists conversations, newest activity first.",
            Query =
            [
                new("search", "Words that title or messages must have, all of them, in any case; up to 255 characters."),
                new("archived", "`true` for archived ones; `false`, the default, for the others."),
                new("agent_id", "Only those in which this agent answers: a stored agent's id, or a built-in type."), new("limit", "1 to 100; 20 by default."),
                new("cursor", "Where to go on, from the page before. A page may be short: only without a cursor is it the last."),
            ],
            Answers = [new(200, typeof(ConversationPage), "A page.")],
        }),
        .. Each("Create*", "", (name, path) => new(name, "POST", path, ApiAccess.Write, CreateAsync)
        {
            Tag = "Conversations", Summary = "Makes an empty conversation, with the agent that answers in it unless a turn names another.",
            Body = Draft, BodyOptional = true, Answers = [new(201, typeof(ConversationView), "The conversation.")], Errors = [413],
        }),
        .. Each("Get*", One, (name, path) => new(name, "GET", path, ApiAccess.Read, GetAsync) { Tag = "Conversations", Summary = "Shows a conversation.", Answers = Answers, Errors = [404] }),
        .. Each("Change*", One, (name, path) => new(name, "PATCH", path, ApiAccess.Write, ChangeAsync)
        {
            Tag = "Conversations", Summary = "Changes title or archive.", Body = Change, Answers = Answers, Errors = [404, 413],
        }),
        .. Each("Delete*", One, (name, path) => new(name, "DELETE", path, ApiAccess.Write, DeleteAsync)
        {
            Tag = "Conversations", Summary = "Deletes a conversation with its messages and its runs. What was remembered of it stays in the memory, and its branches stay.", Answers = [new(204, null, "It is gone.")], Errors = [404, 409],
        }),
        .. Each("Get*Messages", $"{One}/messages", (name, path) => new(name, "GET", path, ApiAccess.Read, MessagesAsync)
        {
            Tag = "Conversations", Summary = "Shows the messages, oldest first.", Answers = [new(200, typeof(ConversationMessages), "The messages.")], Errors = [404],
        }),
        .. Each("Clear*", $"{One}/clear", (name, path) => new(name, "POST", path, ApiAccess.Write, ClearAsync)
        {
            Tag = "Conversations", Summary = "Removes all messages, the summary and the state; title, agent and privacy label stay.",
            Body = Nothing, BodyOptional = true, Answers = Answers, Errors = [404, 409],
        }),
        .. Each("Archive*", $"{One}/archive", (name, path) => new(name, "POST", path, ApiAccess.Write, ArchiveAsync)
        {
            Tag = "Conversations", Summary = "Archives a conversation: it is listed apart. `PATCH` with `archived: false` takes it back.",
            Body = Nothing, BodyOptional = true, Answers = Answers, Errors = [404],
        }),
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        ConversationQuery query = new()
        {
            Search = http.QueryText("search"),
            Archived = http.QueryWord<Choice>("archived") == Choice.True,
            AgentId = http.QueryText("agent_id"),
            Limit = (int)(http.QueryInteger("limit", 1, 100) ?? 20),
            Cursor = http.QueryText("cursor"),
        };
        try
        {
            return ApiResults.Json(await conversations.ListAsync(query, CallerOf(http), http.RequestAborted));
        }
        catch (ArgumentException error) when (error.ParamName == "query")
        {
            return ApiResults.Error(ApiErrors.Invalid("query.cursor", "must be a cursor that a list of conversations has returned"));
        }
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Draft, optional: true);
        AgentConfig agent = await reader.ReadAgentAsync(body.Root, CallerOf(http).Tenant, http.RequestAborted);
        ConversationView made = await conversations.CreateAsync(new(body.Root.Text("title"), agent.AgentId, agent.AgentType), CallerOf(http), http.RequestAborted);
        http.Response.Headers.Location = $"/api/v1/conversations/{made.ConversationId}";
        return ApiResults.Json(made, StatusCodes.Status201Created);
    }

    private async Task<IResult> GetAsync(HttpContext http) => ApiResults.Json(OrNotFound(await conversations.GetAsync(IdOf(http), CallerOf(http), http.RequestAborted), IdOf(http)));

    private async Task<IResult> ChangeAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Change);
        if (body.Root.GetPropertyCount() == 0)
            return ApiResults.Error(ApiErrors.Invalid("body", "gives nothing to change; allowed: title, archived"));
        return ApiResults.Json(OrNotFound(
            await conversations.ChangeAsync(IdOf(http), CallerOf(http), body.Root.Text("title"), body.Root.Flag("archived"), http.RequestAborted), IdOf(http)));
    }

    private async Task<IResult> DeleteAsync(HttpContext http) => await conversations.DeleteAsync(IdOf(http), CallerOf(http), http.RequestAborted) switch
    {
        ConversationChange.Done => Results.NoContent(),
        var refused => Refused(http, refused),
    };

    private async Task<IResult> MessagesAsync(HttpContext http) => ApiResults.Json(new ConversationMessages(
        IdOf(http), OrNotFound(await conversations.MessagesAsync(IdOf(http), CallerOf(http), http.RequestAborted), IdOf(http))));

    private async Task<IResult> ClearAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Nothing, optional: true);
        ConversationChange cleared = await conversations.ClearAsync(IdOf(http), CallerOf(http), http.RequestAborted);
        return cleared == ConversationChange.Done ? await GetAsync(http) : Refused(http, cleared);
    }

    private async Task<IResult> ArchiveAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Nothing, optional: true);
        return ApiResults.Json(OrNotFound(await conversations.ChangeAsync(IdOf(http), CallerOf(http), null, archived: true, http.RequestAborted), IdOf(http)));
    }

    private static IResult Refused(HttpContext http, ConversationChange change) =>
        ApiResults.Error(change == ConversationChange.NotFound ? ConversationTurn.NotFound(IdOf(http)) : ConversationTurn.Busy());

    /// <summary>The words of <c>archived</c>.</summary>
    private enum Choice
    {
        False,
        True,
    }
}

/// <summary>The messages of a conversation, oldest first.</summary>
public sealed record ConversationMessages(string ConversationId, IReadOnlyList<ConversationMessage> Messages);
