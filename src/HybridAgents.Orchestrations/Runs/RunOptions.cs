namespace HybridAgents.Orchestrations.Runs;

/// <summary>Settings of agent runs, bound from the section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    internal const int MaxRetentionDays = 3650;

    /// <summary>Gets or sets how many days an ended run is kept: 1 to 3650, 30 by default.</summary>
    public int RetentionDays { get; set; } = 30;
}
