using System.ComponentModel.DataAnnotations;

namespace HybridAgents.Functions.Storage;

/// <summary>Where the tables are and how long a request may take, bound from the section <c>Tables</c>.</summary>
public sealed class AzureTablesOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tables";

    /// <summary>Gets or sets the connection string, <c>UseDevelopmentStorage=true</c> for Azurite; by default that of <c>AzureWebJobsStorage</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the table service's address for access by managed identity; then there is no connection string.</summary>
    public Uri? ServiceUri { get; set; }

    /// <summary>Gets or sets what the names of tables begin with: letters and digits, beginning with a letter, up to 20; <c>hybridagents</c> by default.</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9]{0,19}$")]
    public string Prefix { get; set; } = "hybridagents";

    /// <summary>Gets or sets how often a failed request is repeated: 0 to 10, 4 by default.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 4;

    /// <summary>Gets or sets the wait before the first repetition, doubled each time: 10 ms to 10 s, 200 ms by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Gets or sets the limit for one request: 1 s to 100 s, 10 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:40")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) && ServiceUri is null)
        {
            yield return new(
                "No table storage is configured: set AzureWebJobsStorage (or Tables:ConnectionString) to a connection string, UseDevelopmentStorage=true for Azurite, "
                + "or Tables:ServiceUri (or AzureWebJobsStorage__tableServiceUri) to an address.",
                [nameof(ConnectionString)]);
        }

        if (ServiceUri is { IsAbsoluteUri: false })
            yield return new($"Tables:ServiceUri is '{ServiceUri}'; it must be an absolute address.", [nameof(ServiceUri)]);
    }
}
