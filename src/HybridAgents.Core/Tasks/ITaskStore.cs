namespace HybridAgents.Core.Tasks;

/// <summary>Tasks, a set for each tenant, at most <see cref="MaxTasks"/>. Every change is durable when its call ends. Safe for concurrent use.</summary>
public interface ITaskStore
{
    /// <summary>The most tasks of a tenant.</summary>
    const int MaxTasks = 5000;

    /// <summary>Makes a task; the one that was made before with the same key, if there is one. Null when the tenant has too many.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="draft">What it is made of; a title at least.</param>
    /// <param name="idempotencyKey">Tells a repetition from a second task; null for no such thing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<TodoTask?> CreateAsync(string tenant, TodoChange draft, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Reads a task; null if there is none.</summary>
    Task<TodoTask?> GetAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>The tasks of a status (null: of all), newest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<TodoTask>> ListAsync(string tenant, TodoStatus? status, int limit, CancellationToken cancellationToken);

    /// <summary>Changes a task; null if there is none.</summary>
    Task<TodoTask?> UpdateAsync(string tenant, string id, TodoChange change, CancellationToken cancellationToken);

    /// <summary>Removes a task; false if there is none.</summary>
    Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellationToken);
}
