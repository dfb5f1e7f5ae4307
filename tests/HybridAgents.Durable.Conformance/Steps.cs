namespace HybridAgents.Durable.Conformance;

/// <summary>Registers orchestrators and activities written as lambdas.</summary>
public static class Steps
{
    /// <summary>Registers an orchestrator.</summary>
    public static DurableRegistry Orchestrator<TIn, TOut>(
        this DurableRegistry registry, string name, Func<OrchestrationContext, TIn, Task<TOut>> run, string version = "1") =>
        registry.AddOrchestrator(name, version, () => new LambdaOrchestrator<TIn, TOut>(run));

    /// <summary>Registers an activity.</summary>
    public static DurableRegistry Activity<TIn, TOut>(this DurableRegistry registry, string name, Func<ActivityContext, TIn, Task<TOut>> run) =>
        registry.AddActivity(name, _ => new LambdaActivity<TIn, TOut>(run));

    /// <summary>Registers an activity that ends at once.</summary>
    public static DurableRegistry Function<TIn, TOut>(this DurableRegistry registry, string name, Func<ActivityContext, TIn, TOut> run) =>
        registry.Activity<TIn, TOut>(name, (context, input) => Task.FromResult(run(context, input)));

    private sealed class LambdaOrchestrator<TIn, TOut>(Func<OrchestrationContext, TIn, Task<TOut>> run) : Orchestrator<TIn, TOut>
    {
        public override Task<TOut> RunAsync(OrchestrationContext context, TIn input) => run(context, input);
    }

    private sealed class LambdaActivity<TIn, TOut>(Func<ActivityContext, TIn, Task<TOut>> run) : Activity<TIn, TOut>
    {
        public override Task<TOut> RunAsync(ActivityContext context, TIn input) => run(context, input);
    }
}
