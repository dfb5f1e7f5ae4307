using HybridAgents.Core.Conversations;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>The messages that a run has produced, one a row; those of the request are stored with the request.</summary>
internal sealed class Transcript(ITableStore tables, TranscriptTails tails)
{
    /// <summary>How many turns are read at a time, newest first.</summary>
    private const int TurnsPerRead = 16;

    private const string MessageName = "message";
    private const string IdName = "id";
    private const string CreatedName = "created";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public static TableOperation Write(string runId, string rowKey, Message message, string? messageId, DateTimeOffset now) => TableOperation.Upsert(
        new TableRow(runId, rowKey).Set(MessageName, StepRow.Json(message)).Set(IdName, messageId).Set(CreatedName, now));

    /// <summary>The messages produced before <paramref name="turn"/>, in order, going back only as far as about <paramref name="tokens"/> tokens. What was read for an earlier turn is not read again.</summary>
    public async Task<IReadOnlyList<Message>> ReadTailAsync(string runId, int turn, int tokens, CancellationToken cancellationToken)
    {
        if (turn <= 1)
            return [];
        TranscriptTail tail = tails.Find(runId) is { } known && known.Next <= turn && known.Reaches(tokens)
            ? new([.. known.Turns, .. await ReadTurnsAsync(runId, known.Next, turn, cancellationToken)], turn, known.Whole)
            : await ReadBackAsync(runId, turn, tokens, cancellationToken);
        tail = tail.Newest(tokens);
        tails.Keep(runId, tail);
        return [.. tail.Turns.SelectMany(static produced => produced.Messages)];
    }

    /// <summary>All messages produced up to and with <paramref name="turn"/>, in order.</summary>
    public async Task<List<Message>> ReadThroughAsync(string runId, int turn, CancellationToken cancellationToken) =>
        [.. (await ReadTurnsAsync(runId, 1, turn + 1, cancellationToken)).SelectMany(static produced => produced.Messages)];

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

    private async Task<TranscriptTail> ReadBackAsync(string runId, int turn, int tokens, CancellationToken cancellationToken)
    {
        List<ProducedTurn> turns = [];
        int from = turn;
        for (long left = tokens; from > 1 && left > 0;)
        {
            int until = from;
            from = Math.Max(1, until - TurnsPerRead);
            List<ProducedTurn> block = await ReadTurnsAsync(runId, from, until, cancellationToken);
            turns.InsertRange(0, block);
            left -= block.Sum(static produced => (long)produced.Tokens);
        }

        return new(turns, turn, Whole: from <= 1);
    }

    /// <summary>The turns from one to before another.</summary>
    private async Task<List<ProducedTurn>> ReadTurnsAsync(string runId, int from, int until, CancellationToken cancellationToken)
    {
        List<(int Turn, Message Message)> messages = [];
        await foreach (TableRow row in _table.QueryAsync(runId, new(RunKeys.MessagesOf(from), RunKeys.MessagesOf(until)), cancellationToken))
            messages.Add((RunKeys.TurnOfMessage(row.RowKey), Parse(row)));
        return [.. messages.GroupBy(static entry => entry.Turn, static entry => entry.Message).Select(static turn => ProducedTurn.Of(turn.Key, [.. turn]))];
    }

    private static Message Parse(TableRow row) => new Payload(row.Get<byte[]>(MessageName)).As<Message>()!;
}
