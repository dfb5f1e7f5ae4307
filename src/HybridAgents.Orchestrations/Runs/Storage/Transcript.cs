using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>The messages that a run has produced, one a row; those of the request are stored with the request.</summary>
internal sealed class Transcript(ITableStore tables)
{
    /// <summary>How many turns are read at a time, newest first.</summary>
    private const int TurnsPerRead = 16;

    private const string MessageName = "message";
    private const string IdName = "id";
    private const string CreatedName = "created";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public static TableOperation Write(string runId, string rowKey, Message message, string? messageId, DateTimeOffset now) => TableOperation.Upsert(
        new TableRow(runId, rowKey).Set(MessageName, StepRow.Json(message)).Set(IdName, messageId).Set(CreatedName, now));

    /// <summary>Reads the produced messages before <paramref name="turn"/>, in order, going back only as far as about <paramref name="tokens"/> tokens.</summary>
    public async Task<List<Message>> ReadTailAsync(string runId, int turn, int tokens, CancellationToken cancellationToken)
    {
        List<Message> messages = [];
        for (int end = turn; end > 1 && tokens > 0; end -= TurnsPerRead)
        {
            List<Message> block = [];
            RowRange range = new(RunKeys.MessagesOf(Math.Max(1, end - TurnsPerRead)), RunKeys.MessagesOf(end));
            await foreach (TableRow row in _table.QueryAsync(runId, range, cancellationToken))
            {
                block.Add(Parse(row));
                tokens -= TokenEstimator.Estimate(block[^1].Content ?? "");
            }

            messages.InsertRange(0, block);
        }

        return messages;
    }

    /// <summary>Reads the assistant's message of a turn; null if it has none.</summary>
    public Task<Message?> GetAnswerAsync(string runId, int turn, CancellationToken cancellationToken) => GetAsync(runId, RunKeys.AssistantMessage(turn), cancellationToken);

    /// <summary>Reads a message by its key; null if it is not there.</summary>
    public async Task<Message?> GetAsync(string runId, string key, CancellationToken cancellationToken) =>
        await _table.GetAsync(runId, key, cancellationToken) is { } row ? Parse(row) : null;

    /// <summary>Reads the whole transcript: the request's messages, then the produced ones.</summary>
    public async Task<IReadOnlyList<StoredMessage>> ReadAllAsync(string runId, IReadOnlyList<Message> request, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        List<StoredMessage> all = [.. request.Select((message, index) => new StoredMessage(index, null, createdAt, message))];
        await foreach (TableRow row in _table.QueryAsync(runId, RowRange.Prefix(RunKeys.MessagePrefix), cancellationToken))
            all.Add(new(all.Count, row.Get<string>(IdName), row.Get<DateTimeOffset>(CreatedName), Parse(row)));
        return all;
    }

    private static Message Parse(TableRow row) => new Payload(row.Get<byte[]>(MessageName)).As<Message>()!;
}
