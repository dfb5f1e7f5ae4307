using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using Microsoft.Extensions.Options;

namespace HybridAgents.Evaluation;

/// <summary>What a whole decision costs on the average prompt: measuring and choosing among six models.</summary>
/// <param name="Microseconds">Of processor time.</param>
/// <param name="Bytes">Allocated.</param>
internal readonly record struct DecisionCost(double Microseconds, long Bytes)
{
    private const int Rounds = 200;

    public static DecisionCost Measure(IReadOnlyList<LabelledPrompt> prompts)
    {
        FeatureExtractor features = new(new PrivacyScanner(Options.Create(new PrivacyOptions())), new ComplexityScorerV2());
        ModelInfo[] catalogue =
        [
            .. Enumerable.Range(0, 6).Select(index => ModelCatalogue.Describe(
                index % 2 == 0 ? new("ollama", $"llama3.{index}") : new("openai", "gpt-4o"), index % 2 == 0 ? Locality.Local : Locality.Cloud)),
        ];
        Message[][] conversations = [.. prompts.Select(prompt => new[] { Message.User(prompt.Text) })];
        RoutingPolicy policy = new();
        Dictionary<ModelRef, ModelHealth> health = [];
        DecisionCost best = default;
        for (int repetition = 0; repetition < 5; repetition++)
        {
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan begun = Environment.CpuUsage.TotalTime;
            for (int round = 0; round < Rounds; round++)
            {
                foreach (Message[] conversation in conversations)
                    GC.KeepAlive(Router.Decide(new(features.Measure(conversation, PrivacyLabel.Standard, [], 1024), policy, catalogue, health)));
            }

            int calls = Rounds * conversations.Length;
            DecisionCost cost = new(
                (Environment.CpuUsage.TotalTime - begun).TotalMicroseconds / calls, (GC.GetAllocatedBytesForCurrentThread() - bytes) / calls);
            if (repetition == 0 || cost.Microseconds < best.Microseconds)
                best = cost;
        }

        return best;
    }
}
