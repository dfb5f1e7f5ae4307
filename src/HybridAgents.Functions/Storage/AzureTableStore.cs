using System.Collections.Concurrent;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.Options;

namespace HybridAgents.Functions.Storage;

/// <summary>Tables in an Azure storage account, or in Azurite. A table is created when it is first used.</summary>
internal sealed class AzureTableStore(TableServiceClient service, string prefix) : ITableStore
{
    private readonly ConcurrentDictionary<string, AzureTable> _tables = new(StringComparer.Ordinal);

    public AzureTableStore(IOptions<AzureTablesOptions> options)
        : this(Connect(options.Value), options.Value.Prefix)
    {
    }

    /// <inheritdoc/>
    public ITable GetTable(string name) => _tables.GetOrAdd(name, key => new(key, service.GetTableClient(prefix + key)));

    /// <summary>The client that the settings describe.</summary>
    /// <exception cref="OptionsValidationException">The connection string cannot be read; the message does not show it.</exception>
    public static TableServiceClient Connect(AzureTablesOptions options)
    {
        TableClientOptions client = new();
        client.Retry.MaxRetries = options.MaxRetries;
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.Delay = options.RetryDelay;
        client.Retry.MaxDelay = TimeSpan.FromSeconds(10);
        client.Retry.NetworkTimeout = options.RequestTimeout;
        client.AddPolicy(new StorageFaults(), HttpPipelinePosition.PerCall);
        if (options.ServiceUri is { } address)
            return new(address, new DefaultAzureCredential(), client);
        try
        {
            return new(options.ConnectionString, client);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new OptionsValidationException(
                nameof(AzureTablesOptions), typeof(AzureTablesOptions), ["AzureWebJobsStorage (or Tables:ConnectionString) is not a storage connection string."]);
        }
    }
}
