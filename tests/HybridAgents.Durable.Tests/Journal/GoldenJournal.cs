using HybridAgents.Durable.Tables;
using HybridAgents.Durable.Tests.Engine;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Durable.Tests.Journal;

/// <summary>A small data folder with something of everything that the engine stores, partly in a checkpoint and partly after it, and what must be found in it.</summary>
internal static class GoldenJournal
{
    private static readonly TimeSpan Century = TimeSpan.FromDays(36_500);
    private static readonly DateTimeOffset Moment = new(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);
    private static readonly Guid Id = new("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static readonly byte[] Bytes = [0, 1, 127, 128, 255];

    /// <summary>Writes the folder with the present build.</summary>
    public static async Task WriteAsync(string folder)
    {
        using TempFolder working = new();
        await using EngineHarness harness = await StartAsync(working.Path, static _ => new TaskCompletionSource<int>().Task);
        await harness.RunAsync("Sum", 1, "completed");
        await harness.RunAsync("Fail", 0, "failed");
        await harness.RunAsync("Sum", 1, "purged");
        await harness.Client.ScheduleNewAsync("Parent", 5, new("parent", TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        await harness.Client.ScheduleNewAsync("Loop", 1, new("loop"));
        await harness.Client.RaiseEventAsync("loop", "go", 3);
        await harness.Client.RaiseEventAsync("loop", "next");
        await UntilAsync(harness, "loop", "\"second generation\"");
        foreach (string id in (string[])["waiting", "suspended", "terminated", "cancelling"])
            await harness.Client.ScheduleNewAsync("Wait", 7, new(id));
        await harness.Client.SuspendAsync("suspended", "for lunch");
        await harness.Client.RaiseEventAsync("suspended", "go", 1);
        ITable table = harness.Engine.Tables.GetTable("golden");
        await SubmitAsync(table, TableOperation.Insert(Typed()), TableOperation.Insert(new TableRow("p", "deleted")), TableOperation.Insert(new TableRow("p", "merged").Set("A", 1).Set("B", 2)));
        await SubmitAsync(table, TableOperation.Insert(new TableRow("p", "large").Set("Text", Large())));
        await harness.RestartAsync(); // A stop in order takes a checkpoint.

        await harness.Client.PurgeAsync("purged");
        await harness.Client.TerminateAsync("terminated", "enough");
        await harness.Client.CancelAsync("cancelling", "changed my mind");
        await harness.Client.ScheduleNewAsync("Slow", 20, new("running"));
        table = harness.Engine.Tables.GetTable("golden");
        await SubmitAsync(table, TableOperation.Delete("p", "deleted"), TableOperation.UpsertMerge(new TableRow("p", "merged").Set("B", 3)), TableOperation.Insert(new TableRow("p", "späť/\u0001").Set("Text", "ž")));

        string crashed = await CrashCopy.TakeAsync(working.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.Move(crashed, folder);
    }

    /// <summary>Starts an engine on the folder, finds everything, and lets everything end.</summary>
    public static async Task ReadAsync(string folder)
    {
        List<string> keys = [];
        await using EngineHarness harness = await StartAsync(folder, context =>
        {
            keys.Add(context.Key);
            return Task.FromResult(1);
        });
        IDurableClient client = harness.Client;
        (await OutputAsync(harness, "completed")).ShouldBe(3);
        (await harness.EndOfAsync("failed")).Failure.ShouldNotBeNull().ErrorMessage.ShouldContain("as planned");
        (await client.GetAsync("purged")).ShouldBeNull();
        (await harness.EndOfAsync("terminated")).Status.ShouldBe(OrchestrationStatus.Terminated);
        OrchestrationState suspended = (await client.GetAsync("suspended")).ShouldNotBeNull();
        (suspended.Status, suspended.SuspendReason).ShouldBe((OrchestrationStatus.Suspended, "for lunch"));
        (await client.GetAsync("cancelling")).ShouldNotBeNull().Cancel.ShouldNotBeNull().Reason.ShouldBe("changed my mind");
        (await client.GetHistoryAsync("waiting")).ShouldNotBeEmpty();

        await client.ResumeAsync("suspended");
        (await OutputAsync(harness, "suspended")).ShouldBe(8);
        foreach (string id in (string[])["waiting", "cancelling", "parent-child"])
            await client.RaiseEventAsync(id, "go", 2);
        (await OutputAsync(harness, "waiting")).ShouldBe(9);
        (await OutputAsync(harness, "cancelling")).ShouldBe(109);
        (await OutputAsync(harness, "parent")).ShouldBe(7);
        await client.RaiseEventAsync("loop", "more", 4);
        (await OutputAsync(harness, "loop")).ShouldBe(9);
        (await OutputAsync(harness, "running")).ShouldBe(21);
        keys.ShouldBe(["running/1"]);
        await VerifyRowsAsync(harness.Engine.Tables.GetTable("golden"));
    }

    private static async Task VerifyRowsAsync(ITable table)
    {
        List<TableRow> rows = [];
        await foreach (TableRow row in table.QueryAsync("p"))
            rows.Add(row);
        rows.Select(row => row.RowKey).ShouldBe(["large", "merged", "späť/\u0001", "typed"]);
        rows[0]["Text"].ShouldBe(Large());
        (rows[1]["A"], rows[1]["B"]).ShouldBe((1, 3));
        rows[2]["Text"].ShouldBe("ž");
        rows[3].Get<byte[]>("Bytes").ShouldBe(Bytes);
        rows[3].Set("Bytes", null).Properties.ShouldBe(Typed().Set("Bytes", null).Properties, ignoreOrder: true);
        rows.ShouldAllBe(row => row.ETag != null && row.Timestamp != null);
    }

    private static TableRow Typed() => new TableRow("p", "typed")
        .Set("String", "text").Set("Int", int.MinValue).Set("Long", long.MaxValue).Set("Double", -0.1).Set("Bool", true).Set("Time", Moment).Set("Guid", Id).Set("Bytes", Bytes);

    private static string Large() => string.Concat(Enumerable.Range(0, 2_000).Select(number => $"{number},"));

    private static async Task SubmitAsync(ITable table, params TableOperation[] operations) => (await table.SubmitAsync(operations)).EnsureSucceeded();

    private static async Task<int> OutputAsync(EngineHarness harness, string id) => (await harness.EndOfAsync(id)).Output.ShouldNotBeNull().As<int>();

    private static async Task UntilAsync(EngineHarness harness, string id, string customStatus)
    {
        using CancellationTokenSource patience = new(Scenario.Patience);
        while ((await harness.Client.GetAsync(id, cancellationToken: patience.Token))!.CustomStatus.ToString() != customStatus)
            await Task.Yield();
    }

    private static Task<EngineHarness> StartAsync(string folder, Func<ActivityContext, Task<int>> slow) => EngineHarness.StartAsync(
        registry => registry
            .Orchestrator<int, int>("Sum", async (context, input) => await context.CallActivityAsync<int>("AddOne", input) + await context.CallActivityAsync<int>("AddOne", 0))
            .Orchestrator<int, int>("Fail", (context, _) => context.CallActivityAsync<int>("Throw", 0))
            .Orchestrator<int, int>("Wait", WaitAsync)
            .Orchestrator<int, int>("Parent", async (context, input) => await context.CallSubOrchestratorAsync<int>("Wait", input, new("parent-child")))
            .Orchestrator<int, int>("Loop", LoopAsync)
            .Orchestrator<int, int>("Slow", async (context, input) => input + await context.CallActivityAsync<int>("Slow", input, new("1")))
            .Activity<int, int>("AddOne", (_, input) => Task.FromResult(input + 1))
            .Activity<int, int>("Throw", (_, _) => throw new InvalidOperationException("as planned", new TimeoutException("inner")))
            .Activity<int, int>("Slow", (context, _) => slow(context)),
        configure: options =>
        {
            options.Path = folder;
            options.Journal.SegmentBytes = 4 << 10;
            options.StopGrace = TimeSpan.Zero;
        });

    /// <summary>100 more where a cancel was requested before the event came.</summary>
    private static async Task<int> WaitAsync(OrchestrationContext context, int input)
    {
        context.SetCustomStatus("waiting");
        int value = await context.WaitForExternalEvent<int>("go", Century);
        return input + value + (context.CancelRequested.IsCompleted ? 100 : 0);
    }

    private static async Task<int> LoopAsync(OrchestrationContext context, int input)
    {
        if (input == 1)
        {
            await context.WaitForExternalEvent<Payload>("next");
            context.ContinueAsNew(2);
            return 0;
        }

        context.SetCustomStatus("second generation");
        return input + await context.WaitForExternalEvent<int>("more") + await context.WaitForExternalEvent<int>("go");
    }
}
