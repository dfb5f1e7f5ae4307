using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Tests.Support;

/// <summary>A conversation on a host, and its turns.</summary>
internal sealed class Talk(RunHost host, string id)
{
    private static readonly string[] Asides = ["Give this conversation a title", "Sum up this conversation", "Pick out of what the user says"];

    public string Id => id;

    private IConversations Conversations => host.Get<IConversations>();

    public static async Task<Talk> BeginAsync(RunHost host, string type = "general") =>
        new(host, (await host.Get<IConversations>().CreateAsync(new(null, null, type), RunHost.Caller, CancellationToken.None)).ConversationId);

    public RunRequest Turn(string text, string type = "general", bool waits = false) =>
        new() { Agent = new() { AgentType = type }, Messages = [Message.User(text)], ConversationId = id, WaitsForTurn = waits };

    public Task<RunView> SayAsync(string text, string type = "general") => host.RunAsync(Turn(text, type));

    public Task<RunStart> TryAsync(RunRequest request) => host.Runs.StartAsync(request, RunHost.Caller, null, CancellationToken.None);

    public async Task<ConversationView> ViewAsync() => (await Conversations.GetAsync(id, RunHost.Caller, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>Who said what, oldest first; a message without text shows its calls.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync() =>
        [.. (await Conversations.MessagesAsync(id, RunHost.Caller, CancellationToken.None)).ShouldNotBeNull().Select(entry => Line(entry.Message))];

    /// <summary>Has the model do what <paramref name="script"/> says for the n-th call of a turn, from 1; what it is asked beside turns it answers with <paramref name="aside"/>.</summary>
    public static void Script(RunHost host, Func<int, ModelScript> script, ModelScript? aside = null) =>
        host.Models.Script = (request, token) => (IsAside(request) ? aside ?? ScriptedModels.Says("Aside") : script(Calls(host).Count))(request, token);

    /// <summary>The calls of turns; not those for titles, summaries and memories.</summary>
    public static IReadOnlyList<ModelRequest> Calls(RunHost host) => [.. host.Models.Sent.Select(sent => sent.Value).Where(request => !IsAside(request))];

    /// <summary>What the model was sent in the n-th call of a turn, from 0, without the system prompt.</summary>
    public static IReadOnlyList<string> Sent(RunHost host, int call) => [.. Calls(host)[call].Messages.Where(message => message.Role != MessageRole.System).Select(Line)];

    private static bool IsAside(ModelRequest request) =>
        request.Messages[0].Role == MessageRole.System && Asides.Any(start => request.Messages[0].Content!.StartsWith(start, StringComparison.Ordinal));

    private static string Line(Message message) =>
        $"{message.Role.ToString().ToLowerInvariant()}: {message.Content ?? string.Join(", ", message.ToolCalls!.Select(call => call.Name))}";
}
