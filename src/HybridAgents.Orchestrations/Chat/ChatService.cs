using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Chat;

/// <inheritdoc cref="IChatService"/>
internal sealed class ChatService(ChatPlanner planner, PrivacyGate gate, ChatModels models, ChatLog log, IBudgets budgets, TimeProvider time) : IChatService
{
    /// <summary>Longer than any call may take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public Task<ChatAnswer> CompleteAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken) =>
        ServeAsync(request, caller, async (call, record) =>
        {
            ChatAnswer answer = await call.FirstAsync(CollectAsync, cancellationToken);
            record.Add(call.InfoOf(answer.Origin.Model), answer.Usage);
            await record.EndAsync(answer.Origin.Model, "ok", answer.Origin.Attempts);
            return answer;
        }, cancellationToken);

    public Task<IChatStream> OpenAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken) =>
        ServeAsync<IChatStream>(request, caller, async (call, record) => new ChatStream(call, await call.FirstAsync(BeginAsync, cancellationToken), record), cancellationToken);

    private async Task<T> ServeAsync<T>(ChatRequest request, RunCaller caller, Func<ChatCall, ChatRecord, Task<T>> serve, CancellationToken cancellationToken)
    {
        string id = $"chatcmpl-{Guid.NewGuid():N}";
        CallBudget budget = new(budgets, caller.Accounts, new RunLimits(), id, time.GetUtcNow() + Longest + CallBudget.Grace);
        ChatRecord record = new(id, log, caller, budget, time);
        try
        {
            ChatPlan plan = await planner.PlanAsync(id, request, caller.Tenant, budget, cancellationToken);
            return await serve(new(request, plan, gate, models, budget, record, time), record);
        }
        catch (ChatException failure)
        {
            await record.EndAsync(null, failure.Error.Code, failure.Attempts);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await record.EndAsync(null, "cancelled", []);
            throw;
        }
    }

    private static async Task<ChatReading> BeginAsync(ChatReading reading)
    {
        await reading.NextAsync();
        return reading;
    }

    private static async Task<ChatAnswer> CollectAsync(ChatReading reading)
    {
        ChatAnswerBuilder answer = new();
        await using (reading)
        {
            while (await reading.NextAsync())
                answer.Add(reading.Current);
        }

        return answer.Build(reading.Origin, reading.End!);
    }
}
