namespace HybridAgents.Orchestrations.Runs;

/// <summary>Settings of agent runs, bound from the section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    internal const int MaxRetentionDays = 3650;
    internal const int MostTokens = 131_072;

    /// <summary>Gets or sets how many days an ended run is kept: 1 to 3650, 30 by default.</summary>
    public int RetentionDays { get; set; } = 30;

    /// <summary>Gets or sets the temperature of runs that name none: 0 to 2; null for the model's recommended one.</summary>
    public double? Temperature { get; set; }

    /// <summary>Gets or sets the most completion tokens of a model call for runs that name none: 1 to 131072, 2048 by default.</summary>
    public int MaxTokens { get; set; } = 2048;
}
