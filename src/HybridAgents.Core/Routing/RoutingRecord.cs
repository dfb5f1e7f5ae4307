using HybridAgents.Core.Models;

namespace HybridAgents.Core.Routing;

/// <summary>What a decision was made of beside the catalogue, which many decisions share. Holds no text of the request.</summary>
/// <param name="Features">Measured of the request.</param>
/// <param name="Policy">Wanted by caller and configuration.</param>
/// <param name="Health">Of the models about which something was known.</param>
/// <param name="PriceTableVersion">Of the prices in the catalogue.</param>
public sealed record RoutingRecord(RoutingFeatures Features, RoutingPolicy Policy, IReadOnlyList<RecordedHealth> Health, string PriceTableVersion)
{
    /// <summary>Records a request.</summary>
    public static RoutingRecord Of(RoutingRequest request)
    {
        List<RecordedHealth> health = [];
        for (int index = 0; index < request.Catalogue.Count; index++)
        {
            if (request.Health.TryGetValue(request.Catalogue[index].Ref, out ModelHealth known) && known != ModelHealth.Unknown)
                health.Add(new(index, known));
        }

        return new(request.Features, request.Policy, health, request.PriceTableVersion);
    }

    /// <summary>The request as it was: <see cref="Router.Decide"/> gives the same decision for it.</summary>
    /// <param name="catalogue">The catalogue it was decided with.</param>
    public RoutingRequest Restore(IReadOnlyList<ModelInfo> catalogue) =>
        new(Features, Policy, catalogue, Health.ToDictionary(entry => catalogue[entry.Model].Ref, static entry => entry.Health)) { PriceTableVersion = PriceTableVersion };
}

/// <summary>The health of one model.</summary>
/// <param name="Model">Its place in the catalogue.</param>
/// <param name="Health">Its health.</param>
public sealed record RecordedHealth(int Model, ModelHealth Health);
