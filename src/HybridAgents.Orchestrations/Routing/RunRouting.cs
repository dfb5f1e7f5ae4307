using HybridAgents.Core.Routing;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Routing;

/// <summary>Explains afterwards how a run's turns were routed.</summary>
public interface IRunRouting
{
    /// <summary>Restores what the router was asked in a turn; <see cref="Router.Decide"/> then decides as it did.</summary>
    /// <returns>Null if there is no such run or turn, or the turn has not been routed.</returns>
    Task<RoutingRequest?> GetAsync(string runId, RunCaller caller, int turn, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RunRouting(ITableStore tables, RunProjection runs, CatalogueArchive catalogues) : IRunRouting
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public async Task<RoutingRequest?> GetAsync(string runId, RunCaller caller, int turn, CancellationToken cancellationToken)
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
