namespace HybridAgents.System.Tests.Support;

/// <summary>Tests that measure run with nothing beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
