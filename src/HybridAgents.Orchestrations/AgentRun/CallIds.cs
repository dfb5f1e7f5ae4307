using System.Buffers;
using System.Globalization;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Ids of tool calls come from models: some repeat them, some leave them empty, and clients put them into addresses.</summary>
internal static class CallIds
{
    /// <summary>The most calls of one message that are carried out; a model that asks for more is asked again by their absence.</summary>
    public const int MaxCalls = 64;

    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Gives each call an id that is unique in the conversation and safe in an address; a good one is kept.</summary>
    /// <param name="calls">The calls as the model wrote them.</param>
    /// <param name="before">The conversation.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="scope">For a sub-run, whose calls are answered on its root beside those of others: what tells them apart. No id is kept then.</param>
    public static IReadOnlyList<ToolCall> MakeUnique(IReadOnlyList<ToolCall> calls, IReadOnlyList<Message> before, int turn, string? scope = null)
    {
        if (calls.Count == 0)
            return calls;
        HashSet<string> taken = [.. before.SelectMany(message => message.ToolCalls ?? []).Select(call => call.Id)];
        List<ToolCall> unique = [];
        foreach (ToolCall call in calls.Take(MaxCalls))
        {
            string id = scope is null ? call.Id : "";
            for (int suffix = 0; !IsUsable(id) || !taken.Add(id); suffix++)
                id = string.Create(CultureInfo.InvariantCulture, $"call_{scope}{turn}_{unique.Count}") + (suffix == 0 ? "" : $"_{suffix}");
            unique.Add(call with { Id = id });
        }

        return unique;
    }

    private static bool IsUsable(string id) => id.Length is > 0 and <= MaxLength && !id.AsSpan().ContainsAnyExcept(Allowed);
}
