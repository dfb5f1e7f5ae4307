using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>A wait for a time, or for an event until a time.</summary>
/// <param name="Mailbox">The run whose mailbox takes the event, and the key of the one that is waited for; null for a time.</param>
/// <param name="Until">When the wait ends by itself, made of the time at which it begins.</param>
/// <param name="FailsInTime">Whether no event in time is an error.</param>
internal sealed record StepWait((string RunId, string Key)? Mailbox, Func<DateTimeOffset, DateTimeOffset> Until, bool FailsInTime)
{
    /// <summary>Gets the kind under which the step waits.</summary>
    public string Kind => Mailbox is null ? Runs.Storage.Mailbox.Timer : Runs.Storage.Mailbox.Event;

    /// <summary>What the wait comes to; without mail, its time is over.</summary>
    public ToolOutput End(Mail? mail) => mail is not null ? new($"{{\"timed_out\":false,\"data\":{mail.Text}}}")
        : Mailbox is null ? new("""{"timed_out":false,"data":null}""")
        : FailsInTime ? ToolOutput.Error("The event did not come in time.")
        : new("""{"timed_out":true,"data":null}""");
}
