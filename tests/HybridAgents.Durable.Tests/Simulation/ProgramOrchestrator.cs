namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>Where a program stands at the beginning of a generation.</summary>
internal sealed record ProgramState(Statement[] Program, int At = 0, long Sum = 0, int Read = 0, string Version = ProgramOrchestrator.Older, DateTimeOffset Time = default);

/// <summary>Runs a random program.</summary>
internal sealed class ProgramOrchestrator : Orchestrator<ProgramState, ProgramResult>
{
    public const string Name = "program";
    public const string Older = "1";
    public const string Newer = "2";

    public override async Task<ProgramResult> RunAsync(OrchestrationContext context, ProgramState input)
    {
        (long sum, int read) = (input.Sum, input.Read);
        if (context.Version != input.Version)
            throw new InvalidOperationException($"Version {context.Version} runs where {input.Version} was asked for.");
        DateTimeOffset time = input.Time;
        for (int at = input.At; at < input.Program.Length; at++)
        {
            Statement statement = input.Program[at];
            context.SetCustomStatus(at);
            time = context.CurrentUtcDateTime >= time ? context.CurrentUtcDateTime : throw new InvalidOperationException($"Time went back from {time:O} to {context.CurrentUtcDateTime:O}.");
            switch (statement.Kind)
            {
                case StatementKind.Work:
                    sum += (await Task.WhenAll(Enumerable.Range(0, statement.Count).Select(index => WorkAsync(context, statement, at, index)))).Sum();
                    break;
                case StatementKind.Sleep:
                    await context.CreateTimer(TimeSpan.FromMilliseconds(statement.Count));
                    break;
                case StatementKind.Race:
                    sum += await RaceAsync(context, statement, at);
                    break;
                case StatementKind.Read:
                    for (int index = 0; index < statement.Count; index++)
                        sum += await ReadAsync(context, ++read, null);
                    break;
                case StatementKind.ReadPatiently:
                    sum += await ReadAsync(context, ++read, TimeSpan.FromMilliseconds(statement.Count));
                    break;
                case StatementKind.Call:
                    sum += (await Task.WhenAll(Children(context, statement, at))).Sum(child => child.Sum);
                    break;
                case StatementKind.Detach:
                    _ = Children(context, statement, at).ToArray();
                    break;
                case StatementKind.Next or StatementKind.Upgrade when !input.Program.Take(at).Any(earlier => earlier.Kind == StatementKind.Detach):
                    string? upgrade = statement.Kind == StatementKind.Upgrade ? Newer : null;
                    context.ContinueAsNew(new ProgramState(input.Program, at + 1, sum, read, upgrade ?? input.Version, time), upgrade);
                    return new(0, false);
            }
        }

        return new(sum, context.CancelRequested.IsCompleted);
    }

    private static Task<long> WorkAsync(OrchestrationContext context, Statement statement, int at, int index) => context.CallActivityAsync<long>(
        "work", statement.Failures, new(ProgramModel.Step(at, index), new(statement.Failures + 1, TimeSpan.FromMilliseconds(100))));

    private static async Task<long> RaceAsync(OrchestrationContext context, Statement statement, int at)
    {
        using CancellationTokenSource stop = new();
        Task<long> work = WorkAsync(context, statement, at, 0);
        await Task.WhenAny(work, context.CreateTimer(TimeSpan.FromMilliseconds(statement.Count), stop.Token));
        stop.Cancel();
        return await work;
    }

    private static IEnumerable<Task<ProgramResult>> Children(OrchestrationContext context, Statement statement, int at) => statement.Children!.Select((child, index) =>
        context.CallSubOrchestratorAsync<ProgramResult>(Name, new ProgramState(child), new(ProgramModel.ChildId(context.InstanceId, at, index), Older)));

    /// <summary>Reads the event with that number. One that was sent again because its sender got no answer is passed over; a later one means that one was lost.</summary>
    private static async Task<int> ReadAsync(OrchestrationContext context, int expected, TimeSpan? timeout)
    {
        while (true)
        {
            try
            {
                int value = await context.WaitForExternalEvent<int>("number", timeout);
                if (value > expected)
                    throw new InvalidOperationException($"Event {expected} was lost: {value} came.");
                if (value == expected)
                    return value;
            }
            catch (TaskCanceledException)
            {
                // Patient: the waiter is still there.
            }
        }
    }
}
