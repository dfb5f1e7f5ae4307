using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class RoutingRecordTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public void Restore_AnyRequestFromItsJson_DecidesTheSame() => RandomRequests.ForEach((request, decision) =>
    {
        RoutingRecord record = Copy(RoutingRecord.Of(request));
        RoutingDecision again = Router.Decide(record.Restore(Copy(request.Catalogue)));

        again.Candidates.ShouldBe(decision.Candidates);
        again.Rejected.ShouldBe(decision.Rejected);
        again.Factors.ShouldBe(decision.Factors);
        (again.Complexity, again.Label, again.PromptTokens).ShouldBe((decision.Complexity, decision.Label, decision.PromptTokens));
    });

    [Fact]
    public void Of_ModelsOfUnknownHealth_AreLeftOut()
    {
        ModelInfo known = RoutingSamples.Gpt;
        RoutingRequest request = new(RoutingSamples.Simple, new(), RoutingSamples.Everything, new Dictionary<ModelRef, ModelHealth>
        {
            [known.Ref] = new(true, 10, 0.5),
            [RoutingSamples.Llama.Ref] = ModelHealth.Unknown,
            [new("gone", "gone")] = new(false, null, 0),
        });
        RoutingRecord.Of(request).Health.ShouldBe([new(Array.IndexOf(RoutingSamples.Everything, known), new(true, 10, 0.5))]);
    }

    private static T Copy<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, Json), Json)!;
}
