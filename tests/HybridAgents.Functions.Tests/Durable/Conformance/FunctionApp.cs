using HybridAgents.Durable;
using HybridAgents.Durable.Engine;
using HybridAgents.Functions.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>One run of the function app, from a start to a stop: every orchestrator and activity is a function as the framework sees it.</summary>
internal sealed class FunctionApp
{
    private readonly ServiceProvider _services;
    private readonly DurableRegistry _functions = new();
    private readonly Func<DurableRegistry, Task<EmbeddedEngine>> _open;

    public FunctionApp(
        DurableRegistry registry, IEnumerable<(string Name, string Version)> orchestrators, InstanceTable instances, LargeValues large, TimeProvider time,
        ILoggerFactory log, Func<DurableRegistry, Task<EmbeddedEngine>> open)
    {
        (Instances, _open) = (instances, open);
        if (!registry.Activities.Contains(LinkChild.Name))
            registry.AddActivity<LinkChild>(LinkChild.Name);
        Cancels = new(instances, time, NullLogger<CancelWatch>.Instance);
        _services = new ServiceCollection().AddSingleton(registry).AddSingleton(instances).BuildServiceProvider();
        OrchestratorRunner orchestratorRunner = new(registry, log);
        ActivityRunner activityRunner = new(registry, Cancels, Mock.Of<IHostApplicationLifetime>(), NullLogger<ActivityRunner>.Instance);
        foreach ((string name, string version) in orchestrators)
            _functions.AddOrchestrator(FunctionNames.Of(name, version), "1", () => new OrchestratorFunction(orchestratorRunner, large, name, version));
        foreach (string name in registry.Activities)
            _functions.AddActivity(name, _ => new ActivityFunction(activityRunner, large, name, _services));
    }

    public InstanceTable Instances { get; }

    public CancelWatch Cancels { get; }

    /// <summary>Gets the framework.</summary>
    public EmbeddedEngine Engine { get; private set; } = null!;

    public async Task StartAsync()
    {
        Engine = await _open(_functions);
        await Cancels.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await Engine.StopAsync(cancellationToken);
        await Cancels.StopAsync(CancellationToken.None);
        Cancels.Dispose();
        await _services.DisposeAsync();
    }

    private sealed class OrchestratorFunction(OrchestratorRunner runner, LargeValues large, string name, string version) : IOrchestrator
    {
        public async Task<Payload> RunAsync(OrchestrationContext context) =>
            large.Put(await runner.RunAsync(new EmbeddedTaskOrchestrationContext(context, large, FunctionNames.Of(name, version)), name, version));
    }

    private sealed class ActivityFunction(ActivityRunner runner, LargeValues large, string name, IServiceProvider services) : IActivity
    {
        /// <summary>The invocation's token fires when the host stops, and never for a cancel: the framework knows of none.</summary>
        public async Task<Payload> RunAsync(ActivityContext context, Payload input)
        {
            using CancellationTokenSource stopping = new();
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(() =>
            {
                if (context.Cancellation == ActivityCancellation.HostStopping)
                    stopping.Cancel();
            });
            Mock<FunctionContext> function = new();
            function.SetupGet(invocation => invocation.InstanceServices).Returns(services);
            function.SetupGet(invocation => invocation.CancellationToken).Returns(stopping.Token);
            return large.Put(await runner.RunAsync(name, large.Get(input), function.Object));
        }
    }
}
