using System.Diagnostics.CodeAnalysis;

namespace HybridAgents.Durable.Tables;

/// <summary>One row: two keys, an ETag, and typed properties.</summary>
/// <remarks>
/// Values are string, int, long, double, bool, <see cref="DateTimeOffset"/>, <see cref="Guid"/> or byte[]; null means that the property is absent. A row holds at most
/// 1 MiB; larger values are split by the caller. Keys are at most 1 KiB of text and compare by ordinal.
/// </remarks>
public sealed class TableRow
{
    private readonly Dictionary<string, object> _properties;

    /// <summary>Makes a row without properties.</summary>
    public TableRow(string partitionKey, string rowKey) : this(partitionKey, rowKey, capacity: 0)
    {
    }

    internal TableRow(string partitionKey, string rowKey, int capacity) =>
        (PartitionKey, RowKey, _properties) = (partitionKey, rowKey, new(capacity, StringComparer.Ordinal));

    /// <summary>Gets the partition: rows of one partition are ordered, and written together by one batch.</summary>
    public string PartitionKey { get; }

    /// <summary>Gets the key within the partition.</summary>
    public string RowKey { get; }

    /// <summary>Gets the version of the row as read; null on a row that was not read.</summary>
    public string? ETag { get; init; }

    /// <summary>Gets when the row was last written, UTC, as read.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Gets the properties.</summary>
    public IReadOnlyDictionary<string, object> Properties => _properties;

    /// <summary>Gets or sets a property; null removes it.</summary>
    /// <exception cref="ArgumentException">The value's type is not one that tables store.</exception>
    [DisallowNull]
    public object? this[string name]
    {
        get => _properties.GetValueOrDefault(name);
        set => Set(name, value);
    }

    /// <summary>Sets a property and returns the row, for building one in an expression; null removes it.</summary>
    /// <exception cref="ArgumentException">The value's type is not one that tables store.</exception>
    public TableRow Set(string name, object? value)
    {
        if (value is null)
            _properties.Remove(name);
        else if (value is string or int or long or double or bool or DateTimeOffset or Guid or byte[])
            _properties[name] = value;
        else
            throw new ArgumentException($"Property '{name}' has type {value.GetType().Name}; allowed: string, int, long, double, bool, DateTimeOffset, Guid, byte[].", nameof(value));
        return this;
    }

    /// <summary>Reads a property as <typeparamref name="T"/>; the type's default if it is absent.</summary>
    /// <exception cref="InvalidCastException">The stored type is another.</exception>
    public T? Get<T>(string name) => _properties.TryGetValue(name, out object? value) ? (T)value : default;
}
