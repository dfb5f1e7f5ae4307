using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tasks;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Tasks;

/// <summary>Tasks in the table <c>tasks</c>: a partition for each tenant, a row for each task.</summary>
internal sealed class TableTaskStore(ITableStore tables, TimeProvider time) : ITaskStore
{
    private readonly ITable _table = tables.GetTable("tasks");

    public async Task<TodoTask?> CreateAsync(string tenant, TodoChange draft, string? idempotencyKey, CancellationToken cancellationToken)
    {
        string id = "task_" + Convert.ToHexStringLower(idempotencyKey is null
            ? RandomNumberGenerator.GetBytes(8)
            : SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)).AsSpan(0, 8));
        if (await GetAsync(tenant, id, cancellationToken) is { } existing)
            return existing;
        if ((await ReadAllAsync(tenant, cancellationToken)).Count >= ITaskStore.MaxTasks)
            return null;
        DateTimeOffset now = time.GetUtcNow();
        TodoTask task = draft.ApplyTo(new(id, "", "", TodoStatus.Pending, TodoPriority.Medium, null, now, now, PrivacyLabel.Standard), now);
        TableWriteResult result = await _table.SubmitAsync([TableOperation.Insert(Write(tenant, task))], cancellationToken: cancellationToken);
        return result.Succeeded ? task : await GetAsync(tenant, id, cancellationToken);
    }

    public async Task<TodoTask?> GetAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _table.GetAsync(tenant, id, cancellationToken) is { } row ? Read(row) : null;

    public async Task<IReadOnlyList<TodoTask>> ListAsync(string tenant, TodoStatus? status, int limit, CancellationToken cancellationToken) =>
    [
        .. (await ReadAllAsync(tenant, cancellationToken)).Where(task => status is null || task.Status == status)
            .OrderByDescending(static task => task.CreatedAt).ThenBy(static task => task.Id, StringComparer.Ordinal).Take(limit),
    ];

    public async Task<TodoTask?> UpdateAsync(string tenant, string id, TodoChange change, CancellationToken cancellationToken)
    {
        while (await _table.GetAsync(tenant, id, cancellationToken) is { } row)
        {
            TodoTask changed = change.ApplyTo(Read(row), time.GetUtcNow());
            if ((await _table.SubmitAsync([TableOperation.Replace(Write(tenant, changed), row.ETag)], cancellationToken: cancellationToken)).Succeeded)
                return changed;
        }

        return null;
    }

    public async Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellationToken) =>
        (await _table.SubmitAsync([TableOperation.Delete(tenant, id)], cancellationToken: cancellationToken)).Succeeded;

    private async Task<List<TodoTask>> ReadAllAsync(string tenant, CancellationToken cancellationToken)
    {
        List<TodoTask> tasks = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, cancellationToken: cancellationToken))
            tasks.Add(Read(row));
        return tasks;
    }

    private static TableRow Write(string tenant, TodoTask task) => new TableRow(tenant, task.Id)
        .Set("title", task.Title)
        .Set("description", task.Description)
        .Set("status", (int)task.Status)
        .Set("priority", (int)task.Priority)
        .Set("due", task.DueDate?.ToString(TaskArguments.DateFormat, CultureInfo.InvariantCulture))
        .Set("created", task.CreatedAt)
        .Set("updated", task.UpdatedAt)
        .Set("label", (int)task.Label);

    private static TodoTask Read(TableRow row) => new(
        row.RowKey, row.Get<string>("title")!, row.Get<string>("description")!, (TodoStatus)row.Get<int>("status"), (TodoPriority)row.Get<int>("priority"),
        row.Get<string>("due") is { } due ? DateOnly.ParseExact(due, TaskArguments.DateFormat, CultureInfo.InvariantCulture) : null,
        row.Get<DateTimeOffset>("created"), row.Get<DateTimeOffset>("updated"), (PrivacyLabel)row.Get<int>("label"));
}
