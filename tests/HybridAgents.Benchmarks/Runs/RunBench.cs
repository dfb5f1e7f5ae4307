using HybridAgents.Core;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Knowledge;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Benchmarks.Runs;

/// <summary>The stack below HTTP, with a model that takes no time.</summary>
internal sealed class RunBench : IAsyncDisposable
{
    private static readonly RunCaller Caller = new("default", "benchmark");

    private readonly IHost _host;
    private readonly string _data;

    private RunBench(IHost host, string data) => (_host, _data) = (host, data);

    public IAgentRuns Runs => _host.Services.GetRequiredService<IAgentRuns>();

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<RunBench> StartAsync(BenchmarkSetup setup, InstantModel model, ITextEmbedder? embedder = null)
    {
        string data = setup.NewFolder();
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddHybridAgentsCore();
        builder.Services.AddSingleton<IModelGateway>(model).AddSingleton<IModelDirectory>(model);
        if (embedder is not null)
            builder.Services.AddSingleton(embedder);
        builder.Services.AddHybridAgentsOrchestrations();
        builder.Services.AddEmbeddedDurableEngine(options => options.Path = data);
        IHost host = builder.Build();
        await host.StartAsync();
        return new(host, data);
    }

    /// <summary>Starts a run and follows its events to the end; returns its id.</summary>
    public async Task<string> RunAsync(int maxTurns = 16)
    {
        RunRequest request = new()
        {
            Agent = new() { Tools = ["calculator"], MaxTurns = maxTurns },
            Messages = [Message.User("What is 17 * 23? Check it twice.")],
        };
        RunStart start = await Runs.StartAsync(request, Caller, null, CancellationToken.None);
        string id = start.Run!.RunId;
        RunEvent? last = null;
        await foreach (RunEvent entry in Runs.WatchAsync(id, Caller, 0, CancellationToken.None))
            last = entry;
        return last?.Type == RunEventTypes.RunCompleted ? id : throw new InvalidOperationException($"Run {id} ended with {last?.Type}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
