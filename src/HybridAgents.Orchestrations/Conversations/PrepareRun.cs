using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Takes the conversation, if it is the run's turn, and looks up what the run begins with. Waits while another turn has it.</summary>
internal sealed class PrepareRun(ITableStore tables, RunLog log, RunRequests requests, ConversationTurns turns, Openings openings, OpeningBuilder builder) : Activity<PrepareInput, ToolResult>
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<ToolResult> RunAsync(ActivityContext context, PrepareInput input)
    {
        if (await openings.GetAsync(input.RunId, CancellationToken.None) is { } known)
            return new(StepState.Done, known.Label);
        if ((await log.GetHeadAsync(input.RunId, CancellationToken.None)).Closed
            || await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is not { } row || await requests.GetAsync(input.RunId, CancellationToken.None) is not { } request)
            return new(StepState.Lost, input.Label);
        RunRow run = new(row);
        ConversationHead? head = null;
        if (run.ConversationId is { } conversation)
        {
            (TurnState state, head) = await turns.TakeAsync(conversation, run.Id);
            if (state == TurnState.Waiting)
                return new(StepState.Waiting, input.Label, ForPerson: true);
            if (state == TurnState.Gone)
                return new(StepState.Failed, input.Label, Error: new(RunErrorCodes.Unavailable, "The conversation was deleted while the run waited for its turn."));
        }

        Opening opening = await builder.BuildAsync(run, request, head, context.CancellationToken);
        await openings.KeepAsync(run.Id, opening);
        return new(StepState.Done, opening.Label);
    }
}
