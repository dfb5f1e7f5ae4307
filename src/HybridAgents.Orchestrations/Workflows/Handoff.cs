using System.Text;
using HybridAgents.Core.Workflows;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>How an agent hands work over: by a last line <c>transfer_to: name</c>. Only names of the step count, whatever a text says.</summary>
internal static class Handoff
{
    private const string Mark = "transfer_to:";

    /// <summary>What the agent that has the work is told beside its own instructions.</summary>
    public static string? Instructions(HandoffStep step, PendingStep pending, string? own)
    {
        if (pending.Hop >= step.MaxHandoffs)
            return own;
        StringBuilder text = new(own);
        if (own is not null)
            text.Append("\n\n");
        text.Append("If another specialist below fits better, end your answer with one line 'transfer_to: NAME' and nothing after it; what you write before it is passed on. Otherwise answer yourself.");
        foreach (HandoffAgent other in step.Agents.Where(agent => agent.Name != pending.Agent))
            text.Append("\n- ").Append(other.Name).Append(other.Description is { } what ? $": {what}" : "");
        return text.ToString();
    }

    /// <summary>Who takes over; null if the answer stands, or nothing may be handed over any more.</summary>
    public static HandoffAgent? TargetOf(string answer, HandoffStep step, PendingStep pending)
    {
        string line = LastLine(answer);
        if (pending.Hop >= step.MaxHandoffs || !line.StartsWith(Mark, StringComparison.OrdinalIgnoreCase))
            return null;
        string name = line[Mark.Length..].Trim().Trim('"', '\'', '`', '.');
        return step.Agents.FirstOrDefault(agent => agent.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && agent.Name != pending.Agent);
    }

    /// <summary>What the next one is asked: the step's input, and what the one before said of it.</summary>
    public static string PassOn(string input, string from, string answer) =>
        $"{input}\n\nHanded over by {from}, who said:\n{answer.TrimEnd()[..^LastLine(answer).Length].TrimEnd()}";

    private static string LastLine(string text)
    {
        string end = text.TrimEnd();
        return end[(end.LastIndexOf('\n') + 1)..];
    }
}
