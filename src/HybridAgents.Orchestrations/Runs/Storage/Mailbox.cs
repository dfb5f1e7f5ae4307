using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>What a person or client answered: the truth behind the wake-up event.</summary>
/// <param name="Decision"><c>approve</c>, <c>reject</c>, <c>expired</c>; <c>output</c>, <c>error</c>; <c>done</c>, <c>retry</c>, <c>fail</c>; of an event its sender's id for it.</param>
/// <param name="Text">Comment or output; of an event its data as JSON.</param>
internal sealed record Mail(string Decision, string? Text);

/// <summary>Answers from outside, first one wins.</summary>
internal sealed class Mailbox(ITableStore tables)
{
    public const string Approval = "approval";
    public const string ToolOutputs = "tool_outputs";
    public const string Review = "review";
    public const string Event = "event";
    public const string Timer = "timer";

    /// <summary>Name of the event that wakes a waiting run.</summary>
    public const string WakeUp = "answer";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public async Task<Mail?> ReadAsync(string runId, string key, CancellationToken cancellationToken) =>
        await _table.GetAsync(runId, key, cancellationToken) is { } row ? new(row.Get<string>("decision")!, row.Get<string>("text")) : null;

    /// <summary>Puts an answer, or returns the one that was there first.</summary>
    public async Task<Mail> PutAsync(string runId, string key, Mail mail, CancellationToken cancellationToken)
    {
        TableRow row = new TableRow(runId, key).Set("decision", mail.Decision).Set("text", mail.Text);
        TableWriteResult result = await _table.SubmitAsync([TableOperation.Insert(row)], WriteDurability.Ordered, cancellationToken);
        return result.Succeeded ? mail : (await ReadAsync(runId, key, cancellationToken))!;
    }
}
