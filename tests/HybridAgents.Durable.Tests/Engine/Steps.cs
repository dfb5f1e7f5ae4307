namespace HybridAgents.Durable.Tests.Engine;

/// <summary>Registers orchestrators and activities written as lambdas.</summary>
internal static class Steps
{
    public static DurableRegistry Orchestrator<TIn, TOut>(
        this DurableRegistry registry, string name, Func<OrchestrationContext, TIn, Task<TOut>> run, string version = "1") =>
        registry.AddOrchestrator(name, version, () => new LambdaOrchestrator<TIn, TOut>(run));

    public static DurableRegistry Activity<TIn, TOut>(this DurableRegistry registry, string name, Func<ActivityContext, TIn, Task<TOut>> run) =>
        registry.AddActivity(name, _ => new LambdaActivity<TIn, TOut>(run));

    private sealed class LambdaOrchestrator<TIn, TOut>(Func<OrchestrationContext, TIn, Task<TOut>> run) : Orchestrator<TIn, TOut>
    {
        public override Task<TOut> RunAsync(OrchestrationContext context, TIn input) => run(context, input);
    }

    private sealed class LambdaActivity<TIn, TOut>(Func<ActivityContext, TIn, Task<TOut>> run) : Activity<TIn, TOut>
    {
        public override Task<TOut> RunAsync(ActivityContext context, TIn input) => run(context, input);
    }
}
