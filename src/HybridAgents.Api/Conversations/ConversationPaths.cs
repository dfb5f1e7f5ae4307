using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Conversations;

/// <summary>The paths of conversations: the same resource under three names.</summary>
internal static class ConversationPaths
{
    private const string IdName = "conversation_id";

    private static readonly (string Path, string Name)[] Resources =
        [("/api/v1/conversations", "Conversation"), ("/api/v1/sessions", "Session"), ("/api/v1/chat/conversations", "ChatConversation")];

    /// <summary>The path of one conversation, below the resource's own.</summary>
    public const string One = $"/{{{IdName}}}";

    /// <summary>A route under each of the names.</summary>
    /// <param name="name">The route's name, with <c>*</c> where the resource's name goes.</param>
    /// <param name="path">The path below the resource's.</param>
    /// <param name="make">Makes the route of name and path.</param>
    public static IEnumerable<ApiRoute> Each(string name, string path, Func<string, string, ApiRoute> make) =>
        Resources.Select(resource => make(name.Replace("*", resource.Name, StringComparison.Ordinal), resource.Path + path));

    /// <summary>The id in the path.</summary>
    /// <exception cref="RequestRefusedException">It cannot be a conversation's id, so there is no such conversation (404).</exception>
    public static string IdOf(HttpContext http) =>
        http.RouteValue(IdName) is var id && ConversationTurn.IsId(id) ? id : throw new RequestRefusedException(ConversationTurn.NotFound(id));

    public static RunCaller CallerOf(HttpContext http) => ApiCaller.Of(http).ToRunCaller();

    /// <summary>The value, or 404 if there is no such conversation.</summary>
    public static T OrNotFound<T>(T? value, string id)
        where T : class => value ?? throw new RequestRefusedException(ConversationTurn.NotFound(id));
}
