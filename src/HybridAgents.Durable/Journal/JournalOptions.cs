using System.ComponentModel.DataAnnotations;

namespace HybridAgents.Durable.Journal;

/// <summary>Settings of the journal.</summary>
public sealed class JournalOptions : IValidatableObject
{
    /// <summary>Gets or sets the data folder; segments, checkpoints and the manifest lie under <c>journal/</c> in it. It is created if absent.</summary>
    [Required]
    public string Path { get; set; } = "";

    /// <summary>Gets or sets the size to which a segment file is preallocated: 4 KiB to 1 GiB, 64 MiB by default. A larger record gets a segment of its own size.</summary>
    [Range(4096, 1 << 30)]
    public int SegmentBytes { get; set; } = 64 << 20;

    /// <summary>
    /// Gets or sets the growth in bytes that starts a checkpoint, at least 4 KiB, 64 MiB by default. The last checkpoint's own size counts if it is greater, so
    /// that checkpoints never write more than the journal does.
    /// </summary>
    [Range(4096, long.MaxValue)]
    public long CheckpointBytes { get; set; } = 64 << 20;

    /// <summary>Gets or sets the most bytes in one commit group: 1 KiB to 64 MiB, 4 MiB by default. One record may be larger.</summary>
    [Range(1024, 64 << 20)]
    public int MaxGroupBytes { get; set; } = 4 << 20;

    /// <summary>Gets or sets what ends the process when the disk can no longer be trusted (a failed fsync). Called once, on the journal's thread, so it must not wait for the journal; nothing is acknowledged afterwards.</summary>
    [Required]
    public Action<Exception> OnFatal { get; set; } = static error => Environment.FailFast("The journal failed.", error);

    /// <summary>
    /// Gets or sets where everything runs in a simulation, the writer included, one group a task: one thread that decides the order of all. Null in production: the writer
    /// has a thread of its own, the rest runs on the thread pool.
    /// </summary>
    internal TaskScheduler? Simulation { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Path.Contains('\0', StringComparison.Ordinal) ? [new("Path contains a null character.", [nameof(Path)])] : [];
}
