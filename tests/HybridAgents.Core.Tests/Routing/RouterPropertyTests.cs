using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class RouterPropertyTests
{
    [Fact]
    public void Decide_AnyRequest_NeverLetsProtectedTextReachTheCloud() => RandomRequests.ForEach((request, decision) =>
    {
        bool cloudAllowed = request.Features.Label == PrivacyLabel.Standard || (request.Features.Label == PrivacyLabel.Private && request.Policy.AllowCloudPrivate);
        if (!cloudAllowed)
            decision.Candidates.ShouldAllBe(candidate => candidate.Locality == Locality.Local);
    });

    [Fact]
    public void Decide_AnyRequest_PlacesEveryModelExactlyOnce() => RandomRequests.ForEach((request, decision) =>
    {
        IEnumerable<string> placed = decision.Candidates.Select(candidate => candidate.Model.ToString()).Concat(decision.Rejected.Select(rejection => rejection.Candidate));
        placed.Where(name => request.Catalogue.Any(model => model.Ref.ToString() == name)).Order().ShouldBe(request.Catalogue.Select(model => model.Ref.ToString()).Order());
    });

    [Fact]
    public void Decide_AnyRequest_CandidatesCanServeAndAreOrdered() => RandomRequests.ForEach((request, decision) =>
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
    public void Decide_SameRequestTwice_DecidesTheSame() => RandomRequests.ForEach((request, decision) =>
    {
        RoutingDecision again = Router.Decide(request);
        again.Candidates.ShouldBe(decision.Candidates);
        again.Rejected.ShouldBe(decision.Rejected);
        again.Factors.ShouldBe(decision.Factors);
    });
}
