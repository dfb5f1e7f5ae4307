using System.Text.Json.Serialization;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Memory;

/// <summary>What a memory is about.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<MemoryCategory>))]
public enum MemoryCategory
{
    Facts,
    Preferences,
    PersonalDetails,
}

/// <summary>Something remembered over conversations.</summary>
/// <param name="Id"><c>mem_</c> and 16 hex digits.</param>
/// <param name="Text">1 to 2,000 characters.</param>
/// <param name="CreatedAt">When it was remembered first, UTC.</param>
/// <param name="Label">The label of the conversation that it comes from: whoever recalls it takes this over.</param>
public sealed record MemoryItem(string Id, string Text, DateTimeOffset CreatedAt, [property: JsonIgnore] PrivacyLabel Label)
{
    /// <summary>Gets what it is about.</summary>
    public MemoryCategory Category { get; init; }

    /// <summary>Gets how much it matters, 0 to 1; see <see cref="MemoryRanking.ImportanceOf"/>.</summary>
    public double Importance { get; init; }

    /// <summary>Gets when an agent was last told of it, UTC.</summary>
    public DateTimeOffset LastAccessedAt { get; init; } = CreatedAt;
}

/// <summary>What is remembered, a set for each tenant of at most <see cref="MaxItems"/>. Every change is durable when its call ends. Safe for concurrent use.</summary>
public interface IMemoryStore
{
    /// <summary>The most items of a tenant; the least important go first, the oldest among equals.</summary>
    const int MaxItems = 1000;

    /// <summary>Remembers a text; the same text again is the same item, under the higher label.</summary>
    Task<MemoryItem> RememberAsync(string tenant, string text, MemoryCategory category, PrivacyLabel label, CancellationToken cancellationToken);

    /// <summary>All items, newest first.</summary>
    Task<IReadOnlyList<MemoryItem>> ListAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Notes that an agent was told of these items now.</summary>
    Task TouchAsync(string tenant, IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken);

    /// <summary>Forgets an item; false if there is none.</summary>
    Task<bool> ForgetAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>Forgets everything; returns how many items that were.</summary>
    Task<int> ForgetAllAsync(string tenant, CancellationToken cancellationToken);
}
