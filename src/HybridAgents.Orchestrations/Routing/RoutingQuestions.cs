using HybridAgents.Core.Routing;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Routing;

/// <summary>What the router is or was asked, for explanations: <see cref="Router.Decide"/> decides on it as it would or did.</summary>
public interface IRoutingQuestions
{
    /// <summary>For a chat that is not begun.</summary>
    ValueTask<RoutingRequest> OfChatAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>For a turn of a run, as it was recorded.</summary>
    /// <returns>Null if there is no such run or turn, or the turn has not been routed.</returns>
    Task<RoutingRequest?> OfTurnAsync(string runId, RunCaller caller, int turn, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RoutingQuestions(ITableStore tables, RunProjection runs, CatalogueArchive catalogues, ChatPlanner chats) : IRoutingQuestions
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public ValueTask<RoutingRequest> OfChatAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken) =>
        chats.AskAsync(request, caller.Tenant, new(), draw: 0, cancellationToken);

    public async Task<RoutingRequest?> OfTurnAsync(string runId, RunCaller caller, int turn, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(runId, caller, cancellationToken) is null)
            return null;
        return await _table.GetAsync(runId, RunKeys.ModelStep(turn), cancellationToken) is { } row
            && new StepRow(row).Read<StoredRouting>(StepRow.RoutingName) is { } stored
            && await catalogues.GetAsync(stored.Catalogue, cancellationToken) is { } catalogue
            ? stored.Record.Restore(catalogue)
            : null;
    }
}
