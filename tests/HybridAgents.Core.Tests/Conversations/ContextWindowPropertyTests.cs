using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Tests.Conversations;

public sealed class ContextWindowPropertyTests
{
    private const int Rounds = 600;

    [Fact]
    public void Fit_AnyParts_IsNeverAboveTheBudget() => ForEach((parts, budget, fitted) =>
    {
        fitted.Tokens.ShouldBe(fitted.Messages.Sum(TokenEstimator.Estimate));
        if (fitted.Fits)
            fitted.Tokens.ShouldBeLessThanOrEqualTo(budget);
        if (parts.Whole().Sum(TokenEstimator.Estimate) <= budget)
            fitted.Messages.ShouldBe(parts.Whole());
    });

    [Fact]
    public void Fit_AnyParts_KeepsInstructionsAndQuestionWhole() => ForEach((parts, _, fitted) =>
    {
        fitted.Messages.Where(message => message.Role == MessageRole.System).ShouldBe(parts.Messages.Where(message => message.Role == MessageRole.System));
        if (parts.Messages.LastOrDefault(message => message.Role == MessageRole.User) is { } question)
            fitted.Messages.Last(message => message.Role == MessageRole.User).ShouldBeSameAs(question);
    });

    [Fact]
    public void Fit_AnyParts_NeverSplitsCallsAndResults() => ForEach((_, _, fitted) =>
    {
        for (int index = 0; index < fitted.Messages.Count; index++)
        {
            IReadOnlyList<ToolCall> calls = fitted.Messages[index].ToolCalls ?? [];
            fitted.Messages.Skip(index + 1).Take(calls.Count).Select(message => message.ToolCallId).ShouldBe(calls.Select(call => call.Id));
        }

        fitted.Messages.Count(message => message.Role == MessageRole.Tool).ShouldBe(fitted.Messages.Sum(message => message.ToolCalls?.Count ?? 0));
    });

    [Fact]
    public void Fit_AnyParts_LeavesNoHoleInTheHistory() => ForEach((parts, _, fitted) =>
    {
        int question = parts.Messages.ToList().FindLastIndex(message => message.Role == MessageRole.User);
        List<bool> kept = [.. parts.Messages.Select(message => fitted.Messages.Any(shown => Same(shown, message)))];
        int oldest = Enumerable.Range(0, kept.Count).FirstOrDefault(index => kept[index] && parts.Messages[index].Role != MessageRole.System && index != question, kept.Count);
        kept.Skip(oldest).ShouldAllBe(shown => shown);
        fitted.Dropped.ShouldBe(kept.Count(shown => !shown));
    });

    [Fact]
    public void Fit_AnyParts_ShortensOnlyToABeginning() => ForEach((parts, _, fitted) =>
    {
        foreach (Message shown in fitted.Messages.Where(message => message.Role == MessageRole.Tool))
        {
            Message whole = parts.Messages.Single(message => message.ToolCallId == shown.ToolCallId);
            whole.Content!.ShouldStartWith(TextOf(shown));
        }
    });

    [Fact]
    public void Fit_LargerBudget_NeverKeepsLess() => ForEach((parts, budget, fitted) =>
    {
        FittedContext more = ContextWindow.Fit(parts, budget + 1 + budget % 7);
        if (!fitted.Fits)
            return; // The least that makes sense, whatever the budget.
        foreach (Message message in fitted.Messages)
            more.Messages.Any(other => Same(other, message) && TextOf(other).Length >= TextOf(message).Length).ShouldBeTrue();
        more.Fits.ShouldBeTrue();
    });

    [Fact]
    public void Fit_SamePartsTwice_GivesTheSame() => ForEach((parts, budget, fitted) => ContextWindow.Fit(parts, budget).Messages.ShouldBe(fitted.Messages));

    /// <summary>The same message, shortened or not; every generated message has a number of its own.</summary>
    private static bool Same(Message one, Message other) => one.Role == other.Role && one.ToolCallId == other.ToolCallId && one.Content?.Split(' ')[0] == other.Content?.Split(' ')[0]
        && one.ToolCalls?[0].Id == other.ToolCalls?[0].Id;

    private static string TextOf(Message message) => message.Content?.Replace("\n[… shortened to fit]", "", StringComparison.Ordinal) ?? "";

    private static void ForEach(Action<ContextParts, int, FittedContext> check)
    {
        Random random = new(42);
        for (int round = 0; round < Rounds; round++)
        {
            ContextParts parts = Any(random);
            int budget = random.Next(0, 600);
            check(parts, budget, ContextWindow.Fit(parts, budget));
        }
    }

    private static ContextParts Any(Random random)
    {
        List<Message> talk = [];
        int number = 0;
        for (int left = random.Next(25); left > 0; left--)
        {
            switch (random.Next(6))
            {
                case 0:
                    talk.Add(Message.System(Text()));
                    break;
                case 1 or 2:
                    talk.Add(Message.User(Text()));
                    break;
                case 3:
                    talk.Add(Message.Assistant(Text()));
                    break;
                default:
                    ToolCall[] calls = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new ToolCall($"c{number++}", "lookup", "{}"))];
                    talk.Add(Message.Assistant(null, calls));
                    talk.AddRange(calls.Select(call => Message.ToolResult(call, Text())));
                    break;
            }
        }

        return new()
        {
            Messages = talk,
            Summary = random.Next(2) == 0 ? null : Text(200),
            Background = random.Next(2) == 0 ? null : Text(200),
        };

        string Text(int most = 90) => $"n{number++} " + string.Concat(Enumerable.Repeat(random.Next(4) switch { 0 => "漢字", 1 => "x9; ", 2 => "🙂 ", _ => "word " }, random.Next(1, most)));
    }
}
