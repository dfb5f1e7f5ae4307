using System.Text.Json;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>A step row, read: one model call or one tool call, its fence and its receipt. For tools it is the effect ledger too.</summary>
/// <remarks>
/// Opened with epoch + 1 under its ETag; every later write of that execution carries the ETag, so a stale execution fails its next write. The receipt is written in the
/// same batch as the outputs; a step that has one is never executed again.
/// </remarks>
internal sealed class StepRow(TableRow row)
{
    public const string KindName = "kind";
    public const string NameName = "name";
    public const string EpochName = "epoch";
    public const string StateName = "state";
    public const string StartedName = "started";
    public const string EndedName = "ended";
    public const string OutcomeName = "outcome";
    public const string ReceiptName = "receipt";
    public const string PlanName = "plan";
    public const string RoutingName = "routing";
    public const string AttemptsName = "attempts";
    public const string StreamedName = "streamed";
    public const string UsedName = "used";
    public const string CallIdName = "call_id";
    public const string LeaseName = "lease";
    public const string ArgumentsHashName = "arguments_hash";
    public const string ArgumentsName = "arguments";
    public const string WaitKindName = "wait_kind";
    public const string MailKeyName = "mail_key";
    public const string ExpiresName = "expires";
    public const string SubRunsName = "sub_runs";
    public const string WorkflowName = "workflow";

    /// <summary>An execution has opened the step.</summary>
    public const string Running = "running";

    /// <summary>The step waits for an answer from outside.</summary>
    public const string Waiting = "waiting";

    /// <summary>The step is done again when a model may be asked again.</summary>
    public const string Resting = "resting";

    /// <summary>The receipt is written.</summary>
    public const string Done = "done";

    public const string ModelKind = "model";
    public const string ToolKind = "tool";
    public const string WorkflowKind = "workflow";

    public string RowKey => row.RowKey;

    public string ETag => row.ETag!;

    public string Kind => row.Get<string>(KindName)!;

    public string? Name => row.Get<string>(NameName);

    public int Epoch => row.Get<int>(EpochName);

    public string State => row.Get<string>(StateName)!;

    public DateTimeOffset StartedAt => row.Get<DateTimeOffset>(StartedName);

    public DateTimeOffset? EndedAt => row.Properties.ContainsKey(EndedName) ? row.Get<DateTimeOffset>(EndedName) : null;

    public string? Outcome => row.Get<string>(OutcomeName);

    /// <summary>Gets the characters that the running execution has streamed into events so far.</summary>
    public int Streamed => row.Get<int>(StreamedName);

    /// <summary>Gets what all executions of a model step have used since it last rested, lost attempts by estimate.</summary>
    public IReadOnlyList<ModelUse> Used => Read<List<ModelUse>>(UsedName) ?? [];

    public string? CallId => row.Get<string>(CallIdName);

    public DateTimeOffset? Lease => row.Properties.ContainsKey(LeaseName) ? row.Get<DateTimeOffset>(LeaseName) : null;

    public string? ArgumentsHash => row.Get<string>(ArgumentsHashName);

    public string? Arguments => row.Get<string>(ArgumentsName);

    public string? WaitKind => row.Get<string>(WaitKindName);

    /// <summary>Gets whether somebody is asked; otherwise a time or an event is waited for.</summary>
    public bool Asks => WaitKind is not (Mailbox.Event or Mailbox.Timer);

    public string? MailKey => row.Get<string>(MailKeyName);

    /// <summary>Gets when the wait ends by itself; null if it does not. A review never expires, though the approval before it did.</summary>
    public DateTimeOffset? ExpiresAt => WaitKind != Mailbox.Review && row.Properties.ContainsKey(ExpiresName) ? row.Get<DateTimeOffset>(ExpiresName) : null;

    /// <summary>Gets the turn, from the key.</summary>
    public int Turn => int.Parse(row.RowKey.AsSpan(RunKeys.StepPrefix.Length, 6), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Gets the call's position in its turn, from the key; 0 for a model step.</summary>
    public int Index => Kind == ToolKind ? int.Parse(row.RowKey.AsSpan(row.RowKey.LastIndexOf('|') + 1), System.Globalization.CultureInfo.InvariantCulture) : 0;

    public T? Receipt<T>() => Read<T>(ReceiptName);

    public T? Read<T>(string name) => row.Get<byte[]>(name) is { } json ? new Payload(json).As<T>() : default;

    /// <summary>The steps of a run, in order.</summary>
    public static async Task<List<StepRow>> ReadAllAsync(ITable table, string runId, CancellationToken cancellationToken)
    {
        List<StepRow> steps = [];
        await foreach (TableRow row in table.QueryAsync(runId, RowRange.Prefix(RunKeys.StepPrefix), cancellationToken))
            steps.Add(new(row));
        return steps;
    }

    /// <summary>The form in which structured values are stored in a property.</summary>
    public static byte[] Json(object? value) => JsonSerializer.SerializeToUtf8Bytes(value, Payload.Json);
}
