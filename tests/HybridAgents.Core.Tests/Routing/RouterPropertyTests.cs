using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class RouterPropertyTests
{
    private const int Rounds = 5000;

    [Fact]
    public void Decide_AnyRequest_NeverLetsProtectedTextReachTheCloud() => ForAny((request, decision) =>
    {
        bool cloudAllowed = request.Features.Label == PrivacyLabel.Standard || (request.Features.Label == PrivacyLabel.Private && request.Policy.AllowCloudPrivate);
        if (!cloudAllowed)
            decision.Candidates.ShouldAllBe(candidate => candidate.Locality == Locality.Local);
    });

    [Fact]
    public void Decide_AnyRequest_PlacesEveryModelExactlyOnce() => ForAny((request, decision) =>
    {
        IEnumerable<string> placed = decision.Candidates.Select(candidate => candidate.Model.ToString()).Concat(decision.Rejected.Select(rejection => rejection.Candidate));
        placed.Where(name => request.Catalogue.Any(model => model.Ref.ToString() == name)).Order().ShouldBe(request.Catalogue.Select(model => model.Ref.ToString()).Order());
    });

    [Fact]
    public void Decide_AnyRequest_CandidatesCanServeAndAreOrdered() => ForAny((request, decision) =>
    {
        foreach (RoutingCandidate candidate in decision.Candidates)
        {
            ModelInfo model = request.Catalogue.Single(entry => entry.Ref == candidate.Model);
            candidate.Locality.ShouldBe(model.Locality);
            candidate.Score.ShouldBeInRange(0, 1);
            (model.SupportsTools || !request.Features.NeedsTools).ShouldBeTrue();
            request.Health.GetValueOrDefault(model.Ref, ModelHealth.Unknown).Available.ShouldBeTrue();
        }

        if (!request.Policy.Model.StartsWith("auto:", StringComparison.Ordinal))
            decision.Candidates.Select(candidate => candidate.Score).ShouldBe(decision.Candidates.Select(candidate => candidate.Score).OrderDescending());
    });

    [Fact]
    public void Decide_SameRequestTwice_DecidesTheSame() => ForAny((request, decision) =>
    {
        RoutingDecision again = Router.Decide(request);
        again.Candidates.ShouldBe(decision.Candidates);
        again.Rejected.ShouldBe(decision.Rejected);
        again.Factors.ShouldBe(decision.Factors);
    });

    private static void ForAny(Action<RoutingRequest, RoutingDecision> check)
    {
        Random random = new(20260131);
        for (int round = 0; round < Rounds; round++)
        {
            RoutingRequest request = Any(random);
            check(request, Router.Decide(request));
        }
    }

    private static RoutingRequest Any(Random random)
    {
        string[] providers = ["ollama", "openai", "offline"];
        ModelInfo[] catalogue =
        [
            .. Enumerable.Range(0, random.Next(7)).Select(index => new ModelInfo
            {
                Ref = new(providers[random.Next(3)], $"m{index}"),
                Locality = random.Next(2) == 0 ? Locality.Local : Locality.Cloud,
                SupportsTools = random.Next(3) > 0,
                ContextWindow = 1 << random.Next(8, 18),
                Quality = random.NextDouble(),
                Speed = (ModelSpeed)random.Next(3),
                Price = random.Next(3) == 0 ? null : new((decimal)random.NextDouble() * 20, (decimal)random.NextDouble() * 80),
                LastResort = random.Next(6) == 0,
                IsProviderDefault = random.Next(3) == 0,
            }),
        ];
        string[] wanted = ["auto", "auto:m1", "m1", "openai:m1", "ollama:auto", "m9", "ollama:m9", "offline:", "x:y"];
        return new(
            new(random.NextDouble(), random.Next(20_000), (PrivacyLabel)random.Next(3), random.Next(2) == 0, random.Next(1, 8000)),
            new()
            {
                Model = wanted[random.Next(wanted.Length)],
                ForceProvider = random.Next(4) == 0 ? providers[random.Next(3)] : null,
                Preference = (LatencyPreference)random.Next(4),
                TokenBudget = random.Next(3) == 0 ? random.Next(10_000) : null,
                AllowCloudPrivate = random.Next(2) == 0,
            },
            catalogue,
            catalogue.Where(_ => random.Next(2) == 0).ToDictionary(
                model => model.Ref, _ => new ModelHealth(random.Next(4) > 0, random.Next(2) == 0 ? random.Next(20_000) : null, random.NextDouble())));
    }
}
