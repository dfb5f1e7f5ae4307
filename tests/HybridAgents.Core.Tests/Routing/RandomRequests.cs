using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

/// <summary>Seeded random requests to the router.</summary>
internal static class RandomRequests
{
    private const int Rounds = 5000;

    /// <summary>Checks each of many requests, the same in every run, with its decision.</summary>
    public static void ForEach(Action<RoutingRequest, RoutingDecision> check)
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
                AllowedModels = random.Next(4) == 0 ? ["ollama", "openai:m1"] : [],
                Budget = new(random.Next(4) == 0 ? random.Next(20_000) : null, random.Next(4) == 0 ? (decimal)random.NextDouble() / 10 : null),
            },
            catalogue,
            catalogue.Where(_ => random.Next(2) == 0).ToDictionary(
                model => model.Ref, _ => new ModelHealth(random.Next(4) > 0, random.Next(2) == 0 ? random.Next(20_000) : null, random.NextDouble())));
    }
}
