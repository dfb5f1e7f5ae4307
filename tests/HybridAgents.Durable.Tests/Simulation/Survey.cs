using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>A client that only looks: at all instances page by page, or at one in full.</summary>
/// <param name="random">Chooses at what.</param>
/// <param name="present">The instances that must be there now.</param>
internal sealed class Survey(Random random, Func<IEnumerable<string>> present)
{
    private Task<string?>? _question;

    public bool IsIdle => _question is null;

    /// <summary>Looks.</summary>
    public void Ask(SimulatedProcess process)
    {
        int pageSize = random.Next(1, 5);
        string[] there = [.. present()];
        string? one = there.Length > 0 && random.Next(2) == 0 ? there[random.Next(there.Length)] : null;
        _question = process.Scheduler.Run(async () =>
            await (one is null ? PageAsync(process.Client, pageSize, there) : LookAsync(process.Client, one)) is { } miss && present().Contains(miss.Id) ? $"{miss.Id} {miss.What}" : null);
    }

    /// <summary>Takes the answer in if it has come; null, or what it shows to be broken.</summary>
    public string? TakeAnswer()
    {
        if (_question is not { IsCompleted: true } question)
            return null;
        _question = null;
        return question.IsCompletedSuccessfully ? question.Result : Describe(question.Exception);
    }

    /// <summary>The engine died.</summary>
    public void Forget() => _question = null;

    /// <summary>A process that ends may leave a question without an answer; nothing else may.</summary>
    private static string? Describe(AggregateException? error) => error?.InnerException is null or JournalStoppedException or OperationCanceledException ? null : $"A look failed: {error.InnerException}";

    private static async Task<(string Id, string What)?> PageAsync(IDurableClient client, int pageSize, string[] there)
    {
        List<string> found = [];
        string? token = null;
        do
        {
            OrchestrationPage page = await client.QueryAsync(new() { PageSize = pageSize, ContinuationToken = token });
            found.AddRange(page.Instances.Select(instance => instance.InstanceId));
            token = page.ContinuationToken;
        }
        while (token is not null);
        if (found.Zip(found.Skip(1)).Any(pair => string.CompareOrdinal(pair.First, pair.Second) >= 0))
            throw new InvalidOperationException($"The pages are out of order: {string.Join(' ', found)}.");
        return there.Except(found).FirstOrDefault() is { } missing ? (missing, $"is on no page: {string.Join(' ', found)}.") : null;
    }

    private static async Task<(string Id, string What)?> LookAsync(IDurableClient client, string id)
    {
        if (await client.GetAsync(id, fetchPayloads: true) is not { } state)
            return (id, "is not found.");
        if (state.Input?.As<ProgramState>() is null)
            return (id, $"is {state.Status} and has no input.");
        return (await client.GetHistoryAsync(id)).Count == 0 ? (id, $"is {state.Status} and has no history.") : null;
    }
}
