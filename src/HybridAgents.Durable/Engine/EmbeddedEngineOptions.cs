using System.ComponentModel.DataAnnotations;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine;

/// <summary>Settings of the embedded engine.</summary>
public sealed class EmbeddedEngineOptions
{
    /// <summary>Gets the settings of the journal, the data folder among them.</summary>
    public JournalOptions Journal { get; } = new();

    /// <summary>Gets or sets the data folder: the same as <c>Journal.Path</c>.</summary>
    public string Path
    {
        get => Journal.Path;
        set => Journal.Path = value;
    }

    /// <summary>Gets or sets how many loops share the instances: 1 to 64, the number of processors by default.</summary>
    [Range(1, 64)]
    public int Shards { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>Gets or sets how many activities run at once: 1 to 100,000, 1,000 by default. The others wait in order.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentActivities { get; set; } = 1000;

    /// <summary>Gets or sets how many instances keep their code in memory; the others are replayed when something happens to them. 4,000 by default; 0 replays at each turn.</summary>
    [Range(0, int.MaxValue)]
    public int MaxHotInstances { get; set; } = 4_000;

    /// <summary>Gets or sets how many starts may wait to become durable before further ones are refused: 10,000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxQueuedStarts { get; set; } = 10_000;

    /// <summary>Gets or sets how many activities may wait for a place before starts are refused: 100,000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxQueuedActivities { get; set; } = 100_000;

    /// <summary>Gets or sets how many bytes of recently written or read row values are kept in memory: 32 MiB by default.</summary>
    [Range(0, long.MaxValue)]
    public long TableCacheBytes { get; set; } = 32 << 20;

    /// <summary>Gets or sets how long running activities have to end when the engine stops: 30 s by default. Those that do not are run again after the next start.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(30);
}
