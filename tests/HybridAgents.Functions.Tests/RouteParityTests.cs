using System.Reflection;
using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using HybridAgents.Functions.Hosting;
using HybridAgents.Local;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Functions.Tests;

public sealed class RouteParityTests
{
    private static readonly MethodInfo[] Functions =
        [.. typeof(AgentRunFunctions).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)];

    [Fact]
    public async Task HttpFunctions_AndWhatTheLocalHostServes_AreTheSame()
    {
        IEnumerable<string> routes = await ServedLocallyAsync();

        IEnumerable<string> functions = Functions.Select(method => (Name: Name(method), Trigger: Trigger<HttpTriggerAttribute>(method)))
            .Where(function => function.Trigger is not null)
            .SelectMany(function => function.Trigger!.Methods!.Select(verb => $"{function.Name} {verb.ToUpperInvariant()} /{function.Trigger.Route}"));

        functions.Order().ShouldBe(routes.Order());
    }

    [Fact]
    public void HttpFunctions_All_LeaveTheKeyToTheApi() =>
        Functions.Select(Trigger<HttpTriggerAttribute>).OfType<HttpTriggerAttribute>().ShouldAllBe(trigger => trigger.AuthLevel == AuthorizationLevel.Anonymous);

    [Fact]
    public void OrchestratorAndActivityFunctions_AndTheRegistry_AreTheSame()
    {
        using IHost host = Build();
        DurableRegistry registry = host.Services.GetRequiredService<DurableRegistry>();

        Functions.Where(method => Trigger<OrchestrationTriggerAttribute>(method) is not null).Select(Name).Order()
            .ShouldBe(registry.Orchestrators.Select(item => FunctionNames.Of(item.Name, item.Version)).Order());
        Functions.Where(method => Trigger<ActivityTriggerAttribute>(method) is not null).Select(Name).Order().ShouldBe(registry.Activities.Order());
    }

    /// <summary>Every endpoint of a local host that listens, whoever mapped it.</summary>
    private static async Task<IReadOnlyList<string>> ServedLocallyAsync()
    {
        string data = Directory.CreateTempSubdirectory("hybrid-parity-").FullName;
        try
        {
            await using LocalHost local = LocalHost.Build(["--data", data, "--urls", "http://127.0.0.1:0"]);
            await local.StartAsync();
            string[] served = [.. local.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>().SelectMany(static endpoint => endpoint.Metadata
                .GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(verb => $"{endpoint.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName} {verb} {endpoint.RoutePattern.RawText}"))];
            await local.StopAsync();
            return served;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static IHost Build()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("AzureWebJobsStorage", "UseDevelopmentStorage=true")]);
        builder.Services.AddLogging();
        builder.AddHybridAgents();
        return builder.Build();
    }

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static T? Trigger<T>(MethodInfo method) where T : Attribute => method.GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).FirstOrDefault(trigger => trigger is not null);
}
