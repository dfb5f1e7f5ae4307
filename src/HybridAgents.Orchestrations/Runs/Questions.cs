using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>A step that waits for an answer, and whose run it belongs to.</summary>
internal sealed record Question(RunRow Run, StepRow Step);

/// <summary>Whose mailbox takes an answer, and under which key.</summary>
internal sealed record Addressee(RunRow Run, string MailKey);

/// <summary>What a run and its sub-runs ask of people and clients.</summary>
internal sealed class Questions(ITableStore tables, RunLog log, Mailbox mailbox, SubRunStore subRuns)
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>What a run waits for, when nothing else of it or its sub-runs can go on; null when something can.</summary>
    public async Task<RequiredActionView?> AskedAsync(RunRow run)
    {
        if ((await OpenAsync(run))?.FindAll(static question => question.Step.Asks) is not [{ } first, ..] open)
            return null;
        // One kind at a time, as clients expect; the others follow once these are answered.
        string kind = first.Step.WaitKind!;
        return new(kind, [.. open.Where(question => question.Step.WaitKind == kind).Select(View)]);
    }

    /// <summary>Finds where an answer of that kind to a call goes, in the run or below it; null if nothing has asked for one.</summary>
    public async Task<Addressee?> FindAsync(RunRow run, string kind, string callId)
    {
        if (await FindOwnAsync(run, kind, callId) is { } own)
            return own;
        foreach (SubRunRow below in await subRuns.BelowAsync(run))
        {
            if (await subRuns.FindAsync(below.RunId) is { } subRun && await FindOwnAsync(subRun, kind, callId) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Shows on a sub-run's root what is asked, if nothing there can go on; once for the same questions.</summary>
    public async Task ShowOnRootAsync(string runId)
    {
        if (await subRuns.FindAsync(runId) is { RootId: { } rootId } && await subRuns.FindAsync(rootId) is { } root && await AskedAsync(root) is { } asked)
            await ShowAsync(root, asked, RunRow.Patch(rootId));
    }

    /// <summary>Appends <c>action.required</c>, once for the same questions.</summary>
    /// <param name="run">The run.</param>
    /// <param name="asked">What is asked.</param>
    /// <param name="patch">What else changes on the run row with it.</param>
    public async Task ShowAsync(RunRow run, RequiredActionView asked, TableRow patch)
    {
        string question = string.Join(' ', asked.Calls.Select(call => call.CallId).Prepend(asked.Type));
        if (run.Question == question)
            return;
        await log.AppendAsync(
            run.Id,
            _ => new(
                [new(RunEventTypes.ActionRequired, new { turn = run.Turn, required_action = asked })],
                [TableOperation.Merge(patch.Set(RunRow.QuestionName, question), etag: null)]),
            WriteDurability.Ordered);
    }

    /// <summary>All that is waited for, questions and events; null when something can go on without an answer, none when nothing is under way.</summary>
    private async Task<List<Question>?> OpenAsync(RunRow run)
    {
        List<Question> open = [];
        foreach (StepRow step in await StepRow.ReadAllAsync(_table, run.Id, CancellationToken.None))
        {
            if (step.Turn != run.Turn || step.State == StepRow.Done)
                continue;
            if (step.State == StepRow.Waiting && (!step.Asks || await mailbox.ReadAsync(run.Id, step.MailKey!, CancellationToken.None) is null))
                open.Add(new(run, step));
            else if (step.Read<List<SubRun>>(StepRow.SubRunsName) is { } below && await OpenBelowAsync(below) is { Count: > 0 } questions)
                open.AddRange(questions);
            else
                return null;
        }

        return open;
    }

    private async Task<List<Question>?> OpenBelowAsync(IEnumerable<SubRun> below)
    {
        List<Question> open = [];
        foreach (SubRun subRun in below)
        {
            if (await subRuns.FindAsync(subRun.RunId) is not { } run)
                return null;
            if (run.BaseStatus.IsTerminal())
                continue;
            if (await OpenAsync(run) is not { Count: > 0 } questions)
                return null;
            open.AddRange(questions);
        }

        return open;
    }

    private async Task<Addressee?> FindOwnAsync(RunRow run, string kind, string callId)
    {
        if ((await StepRow.ReadAllAsync(_table, run.Id, CancellationToken.None)).Find(step => step.CallId == callId) is not { } step)
            return null;
        if (step.WaitKind == kind)
            return new(run, step.MailKey!);
        // A call that was approved and is reviewed now has still been approved.
        string answered = RunKeys.Mail(kind, callId, 0);
        return await mailbox.ReadAsync(run.Id, answered, CancellationToken.None) is null ? null : new(run, answered);
    }

    private static RequiredCallView View(Question question) => new(
        question.Step.CallId!,
        question.Run.Path,
        question.Step.Name!,
        JsonSerializer.Deserialize<JsonElement>(string.IsNullOrWhiteSpace(question.Step.Arguments) ? "{}" : question.Step.Arguments),
        question.Step.ExpiresAt);
}
