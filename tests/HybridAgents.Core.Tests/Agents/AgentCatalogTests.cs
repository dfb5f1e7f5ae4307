using HybridAgents.Core.Agents;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Tests.Agents;

public sealed class AgentCatalogTests
{
    private static readonly AgentCatalog Catalog = new();

    [Fact]
    public void Types_OfTheCatalog_AreTheBuiltInOnes() => Catalog.Types.ShouldBe(["general", "research", "conversation", "contextual", "task", "adaptive", "coding", "creative", "math", "meta"]);

    [Theory]
    [InlineData("general", "general")]
    [InlineData("Research", "research")]
    [InlineData("unknown", null)]
    public void Find_Type_GivesItsProfile(string type, string? found) => (Catalog.Find(type)?.Type).ShouldBe(found);

    [Fact]
    public void Find_General_HasTheFourTools() => Catalog.Find("general")!.Tools.ShouldBe(["calculator", "get_time", "search_knowledge_base", "retrieve_document"]);

    [Fact]
    public void AddHybridAgentsCore_Services_WorkTogether()
    {
        using ServiceProvider services = Services();
        ToolRegistry tools = services.GetRequiredService<ToolRegistry>();
        Catalog.Find("general")!.Tools.ShouldAllBe(name => tools.Find(name) != null);
        services.GetRequiredService<FeatureExtractor>().ShouldBeSameAs(services.GetRequiredService<FeatureExtractor>());
        services.GetRequiredService<PrivacyGate>().Allows(PrivacyLabel.Private, Locality.Cloud, cloudPrivateConsent: true).ShouldBeTrue();
        services.GetRequiredService<IComplexityScorer>().ShouldBeOfType<ComplexityScorerV2>();
    }

    [Fact]
    public void AddHybridAgentsCore_OwnPromptsAndTools_DoNotMakeAConversationPrivate()
    {
        using ServiceProvider services = Services();
        IPrivacyScanner scanner = services.GetRequiredService<IPrivacyScanner>();
        foreach (string type in Catalog.Types)
            scanner.Scan(Catalog.Find(type)!.SystemPrompt).ShouldBe(PrivacyLabel.Standard, type);
        foreach (ToolDefinition tool in services.GetRequiredService<ToolRegistry>().Definitions)
            OutsideText.Of([], [tool.ToSpec()]).ShouldAllBe(text => scanner.Scan(text) == PrivacyLabel.Standard, tool.Name);
    }

    [Fact]
    public void AddHybridAgentsCore_Options_ChangeTheServices()
    {
        using ServiceProvider services = Services(collection => collection
            .Configure<RoutingOptions>(options => options.ComplexityScorer = "v1")
            .Configure<PrivacyOptions>(options => options.AllowCloudFallback = false));
        services.GetRequiredService<IComplexityScorer>().ShouldBeOfType<ComplexityScorerV1>();
        services.GetRequiredService<PrivacyGate>().Allows(PrivacyLabel.Private, Locality.Cloud, cloudPrivateConsent: true).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1.01, "v2", "Routing:ComplexityThreshold is 1.01; allowed is 0 to 1.")]
    [InlineData(double.NaN, "v2", "Routing:ComplexityThreshold is NaN; allowed is 0 to 1.")]
    [InlineData(0.5, "v3", "Routing:ComplexityScorer is 'v3'; allowed are v1 and v2.")]
    public void AddHybridAgentsCore_WrongRouting_FailsNamingKeyAndAllowed(double threshold, string scorer, string message)
    {
        using ServiceProvider services = Services(collection => collection.Configure<RoutingOptions>(options => (options.ComplexityThreshold, options.ComplexityScorer) = (threshold, scorer)));
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldBe(message);
    }

    [Fact]
    public void AddHybridAgentsCore_WrongTerms_FailAtStart()
    {
        using ServiceProvider services = Services(collection => collection.Configure<PrivacyOptions>(options => options.Terms = "[1]"));
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("Privacy:Terms");
    }

    [Fact]
    public void AddHybridAgentsCore_WrongFolder_FailsAtStart()
    {
        using ServiceProvider services = Services(collection => collection.Configure<KnowledgeOptions>(options => options.Path = " "));
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("Knowledge:Path");
    }

    private static ServiceProvider Services(Action<IServiceCollection>? configure = null)
    {
        ServiceCollection services = new();
        services.AddHybridAgentsCore();
        configure?.Invoke(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
