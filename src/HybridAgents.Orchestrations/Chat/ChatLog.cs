using System.Globalization;
using System.Threading.Channels;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Usage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>What is kept behind the answers of chats: their use is counted, and the table <c>chats</c> has one row for each, a partition for each day (UTC); within it the newest of a tenant first.</summary>
/// <remarks>
/// Rows are written behind the answer, after 20 ms or when 100 wait, so that no chat waits for the disk or shares its processor with it: a crash loses those of its last moments. A row that storage refuses, or for
/// which 10,000 others wait, is lost too, and the log says so.
/// </remarks>
internal sealed partial class ChatLog(ITableStore tables, IUsage usage, TimeProvider time, ILogger<ChatLog> logger) : BackgroundService
{
    private const int MaxWaiting = 10_000;
    private const int MaxBatch = 100;

    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _closing = new();
    private readonly ITable _table = tables.GetTable("chats");
    private readonly Channel<Entry> _rows = Channel.CreateBounded<Entry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>The rows of a day, in the order of their keys.</summary>
    public IAsyncEnumerable<TableRow> ReadAsync(DateTimeOffset day, RowRange range, CancellationToken cancellationToken) =>
        _table.QueryAsync(PartitionOf(day), range, cancellationToken);

    /// <summary>Writes a row soon, and counts what the chat used.</summary>
    public void Add(TableRow row, UsageReceipt used)
    {
        if (!_rows.Writer.TryWrite(new(row, used)))
            LogLost(1, "too many wait to be written");
    }

    /// <summary>Removes a day's rows.</summary>
    public async Task RemoveAsync(DateTimeOffset day, CancellationToken cancellationToken)
    {
        await foreach (TableRow[] rows in ReadAsync(day, default, cancellationToken).Chunk(MaxBatch).WithCancellation(cancellationToken))
            await _table.SubmitAsync([.. rows.Select(static row => TableOperation.Delete(row.PartitionKey, row.RowKey))], WriteDurability.Durable, cancellationToken);
    }

    public static string PartitionOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _rows.Writer.TryComplete();
        await _closing.CancelAsync();
        if (ExecuteTask is { } writing)
            await writing.WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _closing.Dispose();
        base.Dispose();
    }

    /// <summary>Ends with the last row, not with the host's wish: what has been billed is to be known.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Entry> batch = new(MaxBatch);
        while (await _rows.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (_rows.Reader.Count < MaxBatch)
                await Task.Delay(Linger, time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batch.Clear();
            while (batch.Count < MaxBatch && _rows.Reader.TryPeek(out Entry? next) && (batch.Count == 0 || next.Row.PartitionKey == batch[0].Row.PartitionKey))
                batch.Add(_rows.Reader.TryRead(out Entry? entry) ? entry : throw new InvalidOperationException("There is another reader."));
            try
            {
                await Task.WhenAll(Together(batch).Select(usage.CountAsync));
                await _table.SubmitAsync([.. batch.Select(static entry => TableOperation.Upsert(entry.Row))], WriteDurability.Durable, CancellationToken.None);
            }
            catch (Exception error) when (error is EngineBusyException or InvalidOperationException or IOException)
            {
                LogLost(batch.Count, error.Message);
            }
        }
    }

    /// <summary>One receipt for all chats of a key and a day.</summary>
    private static IEnumerable<UsageReceipt> Together(List<Entry> batch) => batch
        .GroupBy(static entry => (entry.Used.Tenant, entry.Used.Day, entry.Used.Key))
        .Select(static group => group.First().Used with { Uses = group.SelectMany(static entry => entry.Used.Uses).Aggregate<ModelUse, IReadOnlyList<ModelUse>>([], static (all, use) => all.With(use)) });

    private sealed record Entry(TableRow Row, UsageReceipt Used);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "{Count} rows of the chat log are lost: {Reason}")]
    private partial void LogLost(int count, string reason);
}
