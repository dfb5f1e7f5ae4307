using System.Globalization;
using System.Runtime.CompilerServices;
using HybridAgents.Core.Conversations;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Rows of conversations. Table <c>conversations</c>, partition: the id; rows: <c>c</c> the head, <c>m|number</c> messages, <c>r|run</c> its runs. Table <c>conversationindex</c>, partition: the tenant.</summary>
/// <remarks>
/// Messages are written before the head that counts them, so a reader sees a turn whole or not at all. An entry of the index is valid only while its key is the head's: a new one is
/// written before the head, the old one is deleted after it.
/// </remarks>
internal sealed class ConversationRows(ITableStore tables)
{
    private const string HeadKey = "c";
    private const string MessagePrefix = "m|";
    private const string RunPrefix = "r|";
    private const int MessagesPerBatch = 8;
    private const int DeletesPerBatch = 100;

    private readonly ITable _table = tables.GetTable("conversations");
    private readonly ITable _index = tables.GetTable("conversationindex");

    /// <summary>Reads a head; null if there is none, or it is another tenant's.</summary>
    public async Task<ConversationHead?> FindAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) is var (head, _) && head.Tenant == tenant && !head.IsDeleted ? head : null;

    /// <summary>Reads a head, whoever's it is, deleted ones too.</summary>
    public async Task<(ConversationHead Head, string ETag)?> ReadAsync(string id, CancellationToken cancellationToken) =>
        await _table.GetAsync(id, HeadKey, cancellationToken) is { } row ? (new Payload(row.Get<byte[]>("head")).As<ConversationHead>()!, row.ETag!) : null;

    public async Task AddAsync(ConversationHead head, CancellationToken cancellationToken)
    {
        await _index.SubmitAsync([TableOperation.Upsert(new TableRow(head.Tenant, head.IndexKey()))], WriteDurability.Ordered, cancellationToken);
        await _table.SubmitAsync([TableOperation.Insert(Write(head))], cancellationToken: cancellationToken);
    }

    /// <summary>Changes a head. <paramref name="change"/> may run more than once, and gives null to leave it.</summary>
    /// <returns>The head as it is then; null if there is no such conversation.</returns>
    public async Task<ConversationHead?> ChangeAsync(string id, Func<ConversationHead, ConversationHead?> change, CancellationToken cancellationToken)
    {
        while (await ReadAsync(id, cancellationToken) is var (head, etag))
        {
            ConversationHead? next = change(head);
            if (next is null || await TryReplaceAsync(head, next, etag, cancellationToken))
                return next ?? head;
        }

        return null;
    }

    /// <summary>Replaces a head unless another change came first; moves its entry in the index.</summary>
    public async Task<bool> TryReplaceAsync(ConversationHead head, ConversationHead next, string etag, CancellationToken cancellationToken)
    {
        bool moves = next.IndexKey() != head.IndexKey();
        if (moves)
            await _index.SubmitAsync([TableOperation.Upsert(new TableRow(next.Tenant, next.IndexKey()))], WriteDurability.Ordered, cancellationToken);
        bool replaced = (await _table.SubmitAsync([TableOperation.Replace(Write(next), etag)], cancellationToken: cancellationToken)).Succeeded;
        if (moves && replaced)
            await _index.SubmitAsync([TableOperation.Delete(head.Tenant, head.IndexKey())], WriteDurability.Ordered, cancellationToken);
        return replaced;
    }

    /// <summary>Writes messages from a number on; nobody sees them before the head counts them.</summary>
    public async Task WriteMessagesAsync(string id, int first, IReadOnlyList<ConversationMessage> messages, CancellationToken cancellationToken)
    {
        int number = first;
        foreach (ConversationMessage[] batch in messages.Chunk(MessagesPerBatch))
            await _table.SubmitAsync([.. batch.Select(message => TableOperation.Upsert(Write(id, number++, message)))], WriteDurability.Ordered, cancellationToken);
    }

    /// <summary>The messages that the head counts, from a number on, in order.</summary>
    public async IAsyncEnumerable<(int Number, ConversationMessage Message)> ReadMessagesAsync(
        ConversationHead head, int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TableRow row in _table.QueryAsync(head.Id, new(MessageKey(from), MessageKey(head.Next)), cancellationToken))
        {
            int number = int.Parse(row.RowKey.AsSpan(MessagePrefix.Length), CultureInfo.InvariantCulture);
            if (!head.IsHidden(number))
                yield return (number, new(row.Get<string>("id")!, row.Get<string>("run"), row.Get<DateTimeOffset>("created"), new Payload(row.Get<byte[]>("message")).As<Message>()!));
        }
    }

    /// <summary>Deletes the messages that the head hides.</summary>
    public async Task DeleteHiddenAsync(ConversationHead head, CancellationToken cancellationToken)
    {
        List<string> keys = [];
        await foreach (TableRow row in _table.QueryAsync(head.Id, new(MessageKey(head.HiddenFrom), MessageKey(head.HiddenUntil)), cancellationToken))
            keys.Add(row.RowKey);
        await DeleteAsync(head.Id, keys, cancellationToken);
    }

    /// <summary>Notes that a run was, or tried to be, a turn of the conversation.</summary>
    public async Task NoteRunAsync(string id, string runId, CancellationToken cancellationToken) =>
        await _table.SubmitAsync([TableOperation.Upsert(new TableRow(id, RunPrefix + runId))], WriteDurability.Ordered, cancellationToken);

    /// <summary>Takes the note of a run back that is removed.</summary>
    public async Task ForgetRunAsync(string id, string runId, CancellationToken cancellationToken) =>
        await _table.SubmitAsync([TableOperation.Delete(id, RunPrefix + runId)], WriteDurability.Ordered, cancellationToken);

    /// <summary>The runs of the conversation that are not removed.</summary>
    public async Task<IReadOnlyList<string>> RunsAsync(string id, CancellationToken cancellationToken)
    {
        List<string> runs = [];
        await foreach (TableRow row in _table.QueryAsync(id, RowRange.Prefix(RunPrefix), cancellationToken))
            runs.Add(row.RowKey[RunPrefix.Length..]);
        return runs;
    }

    /// <summary>Removes all rows of a conversation; its head last, so that it can be repeated.</summary>
    public async Task RemoveAsync(ConversationHead head, CancellationToken cancellationToken)
    {
        List<string> keys = [];
        await foreach (TableRow row in _table.QueryAsync(head.Id, default, cancellationToken))
            keys.Add(row.RowKey);
        await DeleteAsync(head.Id, keys.Where(static key => key != HeadKey).Append(HeadKey), cancellationToken);
        await DropEntryAsync(head.Tenant, head.IndexKey(), cancellationToken);
    }

    /// <summary>The entries of a tenant after a key, newest activity first: key and conversation.</summary>
    public async IAsyncEnumerable<(string Key, string Id)> ListAsync(string tenant, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TableRow row in _index.QueryAsync(tenant, new(after is null ? null : after + "|"), cancellationToken))
            yield return (row.RowKey, row.RowKey[(row.RowKey.IndexOf('|', StringComparison.Ordinal) + 1)..]);
    }

    /// <summary>Deletes an entry that its head has left behind.</summary>
    public async Task DropEntryAsync(string tenant, string key, CancellationToken cancellationToken) =>
        await _index.SubmitAsync([TableOperation.Delete(tenant, key)], WriteDurability.Ordered, cancellationToken);

    private async Task DeleteAsync(string id, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (string[] batch in keys.Chunk(DeletesPerBatch))
            await _table.SubmitAsync([.. batch.Select(key => TableOperation.Delete(id, key))], cancellationToken: cancellationToken);
    }

    private static string MessageKey(int number) => string.Create(CultureInfo.InvariantCulture, $"{MessagePrefix}{number:D8}");

    private static TableRow Write(ConversationHead head) => new TableRow(head.Id, HeadKey).Set("head", StepRow.Json(head));

    private static TableRow Write(string id, int number, ConversationMessage message) => new TableRow(id, MessageKey(number))
        .Set("id", message.MessageId)
        .Set("run", message.RunId)
        .Set("created", message.CreatedAt)
        .Set("message", StepRow.Json(message.Message));
}
