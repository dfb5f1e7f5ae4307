using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Tests.Support;

namespace HybridAgents.Orchestrations.Tests;

public sealed class TranscriptTests
{
    private const string Run = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    [Fact]
    public async Task ReadTail_TurnAfterTurn_ParsesEachMessageOnce()
    {
        await using RunHost host = await RunHost.StartAsync();
        Transcript transcript = host.Get<Transcript>();
        IReadOnlyList<Message> before = [];
        for (int turn = 1; turn <= 40; turn++)
        {
            IReadOnlyList<Message> tail = await transcript.ReadTailAsync(Run, turn, 1_000_000, default);
            tail.Count.ShouldBe(2 * (turn - 1));
            for (int index = 0; index < before.Count; index++)
                tail[index].ShouldBeSameAs(before[index]);
            before = tail;
            await ProduceAsync(host, turn, "some text");
        }

        host.Get<RunRequests>().Forget(Run);
        IReadOnlyList<Message> again = await transcript.ReadTailAsync(Run, 40, 1_000_000, default);
        again.Select(Line).ShouldBe(before.Select(Line));
        again[0].ShouldNotBeSameAs(before[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReadTail_AnyWindows_IsTheNewestTurnsThatTheTokensNeed(int seed)
    {
        Random random = new(seed);
        await using RunHost host = await RunHost.StartAsync();
        Transcript transcript = host.Get<Transcript>();
        for (int turn = 1; turn <= 60; turn++)
        {
            await ProduceAsync(host, turn, new string('a', random.Next(2_000)));
            int tokens = random.Next(3) == 0 ? random.Next(10_000) : 4_000;
            List<Message> all = await transcript.ReadThroughAsync(Run, turn, default);
            IReadOnlyList<Message> tail = await transcript.ReadTailAsync(Run, turn + 1, tokens, default);

            tail.Select(Line).ShouldBe(all.Skip(all.Count - tail.Count).Select(Line));
            (tail.Count == all.Count || tail.Sum(TokenEstimator.Estimate) >= tokens).ShouldBeTrue("what a model could be shown is there");
            tail.Skip(2).Sum(TokenEstimator.Estimate).ShouldBeLessThan(Math.Max(tokens, 1), "no turn is kept that the tokens do not need");
        }
    }

    [Fact]
    public void Keep_MoreThanTheBound_StartsAnew()
    {
        TranscriptTails tails = new();
        TranscriptTail large = new([new(1, [], 1_500_000)], 2, Whole: true);
        tails.Keep("a", large);
        tails.Keep("a", large);
        tails.Find("a").ShouldBe(large);
        tails.Keep("b", large);
        tails.Find("a").ShouldBeNull();
        tails.Find("b").ShouldBe(large);
        tails.Keep("c", new([new(1, [], 2_500_000)], 2, Whole: true));
        tails.Find("c").ShouldBeNull();
    }

    private static string Line(Message message) => $"{message.Role} {message.ToolCalls?[0].Id ?? message.ToolCallId} {message.Content}";

    private static async Task ProduceAsync(RunHost host, int turn, string text)
    {
        ToolCall call = new($"call_{turn}", "look", "{}");
        await host.Get<ITableStore>().GetTable(RunKeys.Runs).SubmitAsync(
        [
            Transcript.Write(Run, RunKeys.AssistantMessage(turn), Message.Assistant(null, [call]), null, DateTimeOffset.UnixEpoch),
            Transcript.Write(Run, RunKeys.ToolMessage(turn, 0), Message.ToolResult(call, text), null, DateTimeOffset.UnixEpoch),
        ]);
    }
}
