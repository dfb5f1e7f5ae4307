using HybridAgents.Core.Conversations;
using HybridAgents.Core.Memory;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>
/// Remembers what the user said of himself in a completed run, under the run's label: picked out by a local model, or by the user's own words where none may serve.
/// A run whose agent has called <c>remember</c> itself is left at that.
/// </summary>
internal sealed class RememberTurn(ITableStore tables, RunRequests requests, Transcript transcript, IMemoryStore memory, LocalModel model) : Activity<TurnKeeping.TurnInput, TurnKeeping.KeptTurn>
{
    private const int AnswerTokens = 400;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<TurnKeeping.KeptTurn> RunAsync(ActivityContext context, TurnKeeping.TurnInput input)
    {
        if (await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is { } row && new RunRow(row) is { BaseStatus: RunStatus.Completed } run
            && await requests.GetAsync(run.Id, CancellationToken.None) is { } request)
        {
            requests.Forget(run.Id);
            List<Message> produced = await transcript.ReadThroughAsync(run.Id, run.Turn, context.CancellationToken);
            if (produced.Exists(static message => message.ToolCalls?.Any(static call => call.Name == RememberTool.Name) == true))
                return new(null);
            string said = FeatureExtractor.NewestOfUser(request.Messages);
            string? answer = await model.AskAsync(MemoryExtraction.Instruction, said, run.Tenant, AnswerTokens, context.CancellationToken);
            foreach (ExtractedMemory found in (answer is null ? null : MemoryExtraction.Parse(answer)) ?? MemoryExtraction.ByWords(said))
                await memory.RememberAsync(run.Tenant, found.Text, found.Category, run.Label, context.CancellationToken);
        }

        return new(null);
    }
}
