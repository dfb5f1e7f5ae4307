using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Budgets;

public sealed class ChatBudgetTests : IAsyncLifetime
{
    private static readonly ChatRequest Question = new() { Messages = [Message.User("Hi")], MaxTokens = 10 };
    private static readonly RunCaller Caller = RunHost.Caller with { Budget = new(MaxCostUsd: 0.1m, MaxTotalTokens: null) };

    private RunHost _host = null!;

    private IBudgets Budgets => _host.Get<IBudgets>();

    private IChatService Chats => _host.Get<IChatService>();

    public async Task InitializeAsync()
    {
        _host = await RunHost.StartAsync();
        _host.Models.Models[0] = Cloud("cloud:big", new ModelPrice(1_000, 1_000)); // a tenth of a cent a token
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Complete_Answer_IsPaidFromTheBudget()
    {
        ChatAnswer answer = await Chats.CompleteAsync(Question, Caller, default);

        BudgetState state = await Budgets.GetAsync(Caller.Accounts[0], default);
        state.ShouldBe(new(new(answer.Usage.TotalTokens * 0.001m, answer.Usage.TotalTokens), default));
    }

    [Fact]
    public async Task Stream_LeftEarly_PaysForWhatHadCome()
    {
        await using (IChatStream stream = await Chats.OpenAsync(Question, Caller, default))
            (await Budgets.GetAsync(Caller.Accounts[0], default)).Reserved.CostUsd.ShouldBeGreaterThanOrEqualTo(0.01m);

        BudgetState state = await Budgets.GetAsync(Caller.Accounts[0], default);
        state.Reserved.ShouldBe(default);
        state.Spent.CostUsd.ShouldBeInRange(0.001m, 0.05m);
    }

    [Fact]
    public async Task Stream_SeveralAnswers_AreAllReservedFor()
    {
        _host.Models.Models[0] = _host.Models.Models[0] with { Features = ModelFeatures.All };
        await using IChatStream stream = await Chats.OpenAsync(Question with { Options = new() { Choices = 4 } }, Caller, default);

        (await Budgets.GetAsync(Caller.Accounts[0], default)).Reserved.CostUsd.ShouldBeGreaterThanOrEqualTo(0.04m);
    }

    [Fact]
    public async Task Complete_OthersHoldTheRest_IsRefusedWithoutACall()
    {
        await Budgets.ReserveAsync(Caller.Accounts[0], "other", new(0.095m, 1), DateTimeOffset.MaxValue, default);

        ChatException refusal = await Should.ThrowAsync<ChatException>(() => Chats.CompleteAsync(Question, Caller, default));

        refusal.Error.Code.ShouldBe(RunErrorCodes.BudgetExceeded);
        _host.Models.Sent.ShouldBeEmpty();
    }
}
