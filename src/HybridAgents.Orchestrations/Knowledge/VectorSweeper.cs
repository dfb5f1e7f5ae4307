using HybridAgents.Core.Knowledge;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Gives documents the vectors that they lack: after an upload, after a crash, and all of them again after a change of the model.</summary>
/// <remarks>What is done stands in the tables, so it may end anywhere, and run on several hosts at once. A model that does not answer is asked again with the next pass.</remarks>
internal sealed partial class VectorSweeper(
    ITableStore tables, ITextEmbedder embedder, DocumentVectors vectors, VectorSignal signal, TimeProvider time, ILogger<VectorSweeper> logger) : Sweeper(Interval, time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ITable _table = tables.GetTable(DocumentRows.Table);
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (embedder.Model is null)
            return;
        List<TableRow> tenants = [];
        await foreach (TableRow row in _table.QueryAsync(VectorRows.Progress, cancellationToken: cancellationToken))
            tenants.Add(row);
        foreach (TableRow done in tenants)
        {
            try
            {
                await CompleteAsync(done, cancellationToken);
            }
            catch (ChatException failure)
            {
                LogWaiting(_logger, embedder.Model, failure.Error.Code);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (embedder.Model is not null)
            {
                await PassAsync(stoppingToken);
                await signal.WaitAsync(Interval, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Brings a tenant to where nothing is missing, and says so in its row.</summary>
    private async Task CompleteAsync(TableRow done, CancellationToken cancellationToken)
    {
        string tenant = done.RowKey;
        string? version = await VersionAsync(tenant, cancellationToken);
        if (done.Get<string>("version") == version && vectors.IsCurrent(done.Get<string>("model"), done.Get<int>("dimensions")))
            return;
        List<(DocumentInfo Document, string ETag)> missing = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, RowRange.Prefix(DocumentRows.DocumentPrefix), cancellationToken))
        {
            if (DocumentRows.ReadDocument(row) is var document && !vectors.IsCurrent(document.EmbeddingModel, document.Dimensions))
                missing.Add((document, row.ETag!));
        }

        ChatException? refused = null;
        bool answered = true;
        foreach ((DocumentInfo document, string etag) in missing)
        {
            try
            {
                await vectors.MakeAsync(tenant, document, etag, cancellationToken);
                answered = true;
            }
            catch (ChatException failure) when (answered) // One document may be at fault; with two in a row it is the model.
            {
                (refused, answered) = (failure, false);
            }
        }

        if (refused is not null)
            throw refused;
        // What has changed meanwhile, and be it by this, is looked at by the next pass.
        if (missing.Count > 0)
            signal.Set();
        else
            await _table.SubmitAsync([TableOperation.Upsert(VectorRows.Done(tenant, version, embedder.Model!, embedder.Dimensions ?? 0))], cancellationToken: cancellationToken);
    }

    private async Task<string?> VersionAsync(string tenant, CancellationToken cancellationToken) => (await _table.GetAsync(tenant, DocumentRows.VersionKey, cancellationToken))?.ETag;

    [LoggerMessage(EventId = 3110, Level = LogLevel.Warning, Message = "Documents wait for vectors of {Model}: {Code}; they are found by their words until then")]
    private static partial void LogWaiting(ILogger logger, string model, string code);
}
