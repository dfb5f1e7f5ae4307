using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using Microsoft.Extensions.Options;
using static HybridAgents.Core.Tests.Routing.RoutingSamples;

namespace HybridAgents.Core.Tests.Routing;

public sealed class RoutingCostTests
{
    private const int Rounds = 200;
    private const int AllowedBytes = 1024;

    private static readonly FeatureExtractor Extractor = new(new PrivacyScanner(Options.Create(new PrivacyOptions())), new ComplexityScorerV2());

    [Theory]
    [InlineData("The committee met on Tuesday to talk about the new library. ")]
    [InlineData("In 2024 the town had 18,250 inhabitants, 3.4 % more than in 2019. ")]
    [InlineData("Compare the design of both algorithms and explain why a = b + c. ")]
    [InlineData("for (int i = 0; i < items.Count; i++) {\n    Run(items[i]);\n}\n")]
    public void Decision_PromptOf1Kilobyte_AllocatesAtMost1Kilobyte(string piece) => AllocatedBy(Fill(piece, 1024)).ShouldBeLessThanOrEqualTo(AllowedBytes);

    [Fact]
    public void Decision_LongerPrompt_AllocatesNoMore() =>
        AllocatedBy(Fill("A quiet morning by the sea. ", 16_000)).ShouldBe(AllocatedBy(Fill("A quiet morning by the sea. ", 1000)));

    private static string Fill(string piece, int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length + 1))[..length];

    /// <summary>Bytes of one whole decision, measuring included, among the six models of the samples: the least of many, since tests beside it may hold what patterns keep for reuse.</summary>
    private static long AllocatedBy(string prompt)
    {
        Message[] messages = [Message.User(prompt)];
        RoutingPolicy policy = new();
        Dictionary<ModelRef, ModelHealth> health = [];
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            GC.KeepAlive(Router.Decide(new(Extractor.Measure(messages, PrivacyLabel.Standard, [], 512), policy, Everything, health)));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
