using Xunit.Abstractions;

namespace HybridAgents.Durable.Tests.Engine;

/// <summary>Runs alone: it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Steps = 5;
    private const int Chains = 400;
    private const long BytesPerStep = 8_000;

    [Fact]
    public async Task Step_OfAChain_AllocatesABoundedNumberOfBytes()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("Chain", ChainAsync)
            .Activity<int, int>("AddOne", (_, input) => Task.FromResult(input + 1)));
        await RunAsync(harness, Chains); // Compiles everything and fills the pools.
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(harness, Chains);
        long perStep = (GC.GetTotalAllocatedBytes(precise: true) - before) / (Chains * Steps);

        output.WriteLine($"{perStep} bytes a step");
        perStep.ShouldBeInRange(1, BytesPerStep);
    }

    private static async Task<int> ChainAsync(OrchestrationContext context, int value)
    {
        for (int step = 0; step < Steps; step++)
            value = await context.CallActivityAsync<int>("AddOne", value);
        return value;
    }

    private static async Task RunAsync(EngineHarness harness, int chains)
    {
        string[] ids = await Task.WhenAll(Enumerable.Range(0, chains).Select(_ => harness.Client.ScheduleNewAsync("Chain", 0)));
        foreach (string id in ids)
            (await harness.EndOfAsync(id)).Output!.Value.As<int>().ShouldBe(Steps);
    }
}
