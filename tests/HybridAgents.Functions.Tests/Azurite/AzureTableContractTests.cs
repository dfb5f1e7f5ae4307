using HybridAgents.Durable.Tables;
using HybridAgents.Functions.Storage;
using HybridAgents.TestSupport;

namespace HybridAgents.Functions.Tests.Azurite;

/// <summary>The cases that every table store passes, on Azurite.</summary>
public sealed class AzureTableContractTests(AzuriteFixture azurite) : TableContractTests, IClassFixture<AzuriteFixture>
{
    protected override Task<ITableStore> OpenAsync() => Task.FromResult<ITableStore>(new AzureTableStore(azurite.Service, "test"));

    protected override Task CloseAsync() => Task.CompletedTask;
}
