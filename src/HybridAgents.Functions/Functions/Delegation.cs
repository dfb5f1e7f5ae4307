using HybridAgents.Api.Errors;
using HybridAgents.Api.Routes;
using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Functions;

/// <summary>The way from a function, which is known to Azure by its name, to the shared code behind it.</summary>
internal static class Delegation
{
    /// <summary>Answers a request with the handler of the API's route that has the function's name.</summary>
    public static Task ServeAsync(this FunctionContext function, HttpRequest request, DurableTaskClient durable)
    {
        IServiceProvider services = function.InstanceServices;
        services.GetRequiredService<DurableTaskClientSource>().Bind(durable);
        ApiRouteTable table = services.GetRequiredService<ApiRouteTable>();
        ApiRoute route = table.Routes.First(route => route.Name == function.FunctionDefinition.Name);
        return services.GetRequiredService<RequestEnvelope>().InvokeAsync(request.HttpContext, http => table.ExecuteAsync(http, route));
    }

    /// <summary>Runs the activity that has the function's name.</summary>
    public static Task<Payload> RunActivityAsync(this FunctionContext function, Payload input) =>
        function.InstanceServices.GetRequiredService<ActivityRunner>().RunAsync(function.FunctionDefinition.Name, input, function);

    /// <summary>Runs the orchestrator that the function's name says, in that version.</summary>
    public static Task<Payload> RunOrchestratorAsync(this FunctionContext function, TaskOrchestrationContext orchestration)
    {
        (string name, string version) = FunctionNames.Parse(function.FunctionDefinition.Name);
        return function.InstanceServices.GetRequiredService<OrchestratorRunner>().RunAsync(orchestration, name, version);
    }
}
