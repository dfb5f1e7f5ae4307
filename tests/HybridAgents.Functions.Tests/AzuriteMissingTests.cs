namespace HybridAgents.Functions.Tests;

/// <summary>Stands in for the tests on Azurite where it is not installed.</summary>
public sealed class AzuriteMissingTests
{
    [Fact(Skip = "Azurite is not installed, so the tests of Azure tables were left out: npm ci --prefix azurite")]
    public void AzureTables_WithoutAzurite_AreNotTested()
    {
    }
}
