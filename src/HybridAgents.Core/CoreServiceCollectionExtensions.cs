using HybridAgents.Core.Agents;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Builtin;
using HybridAgents.Core.Tools.Calculator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core;

/// <summary>Registration of the domain.</summary>
public static class CoreServiceCollectionExtensions
{
    /// <summary>Adds agents, privacy, routing, knowledge base and built-in tools, all singletons.</summary>
    /// <remarks>
    /// <see cref="PrivacyOptions"/>, <see cref="RoutingOptions"/>, <see cref="KnowledgeOptions"/> and <see cref="ToolOptions"/> are validated at start; the host binds them to its configuration.
    /// Services registered before stay; further tools are added as <see cref="ITool"/> or come from an <see cref="IToolSource"/>.
    /// </remarks>
    public static IServiceCollection AddHybridAgentsCore(this IServiceCollection services)
    {
        services.AddOptions<PrivacyOptions>().ValidateOnStart();
        services.AddOptions<RoutingOptions>().ValidateOnStart();
        services.AddOptions<KnowledgeOptions>().ValidateOnStart();
        services.AddOptions<ToolOptions>().ValidateOnStart();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IValidateOptions<PrivacyOptions>, PrivacyOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<RoutingOptions>, RoutingOptionsValidator>(),
            ServiceDescriptor.Singleton<IValidateOptions<KnowledgeOptions>, KnowledgeOptionsValidator>(),
            ServiceDescriptor.Singleton<ITool, CalculatorTool>(),
            ServiceDescriptor.Singleton<ITool, GetTimeTool>(),
            ServiceDescriptor.Singleton<ITool, SearchKnowledgeBaseTool>(),
            ServiceDescriptor.Singleton<ITool, RetrieveDocumentTool>(),
            ServiceDescriptor.Singleton<IValidateOptions<ToolOptions>, ToolOptionsValidator>(),
            ServiceDescriptor.Singleton<IToolSource, OptionalTools>(),
        ]);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IPrivacyScanner, PrivacyScanner>();
        services.TryAddSingleton(static provider => new PrivacyGate(
            provider.GetRequiredService<IPrivacyScanner>(), cloudPrivateForbidden: !provider.GetRequiredService<IOptions<PrivacyOptions>>().Value.AllowCloudFallback));
        services.TryAddSingleton<IComplexityScorer>(static provider =>
            provider.GetRequiredService<IOptions<RoutingOptions>>().Value.ComplexityScorer == "v1" ? new ComplexityScorerV1() : new ComplexityScorerV2());
        services.TryAddSingleton<FeatureExtractor>();
        services.TryAddSingleton<IKnowledgeStore, FolderKnowledgeStore>();
        services.TryAddSingleton<ToolRegistry>();
        services.TryAddSingleton<ToolResultCache>();
        services.TryAddSingleton<AgentCatalog>();
        return services;
    }
}
