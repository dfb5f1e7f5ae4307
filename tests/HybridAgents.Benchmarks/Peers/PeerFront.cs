using HybridAgents.Core;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Local.Configuration;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Benchmarks.Peers;

/// <summary>The engine behind a plain HTTP front: one request starts a run and is answered when it is complete.</summary>
internal static class PeerFront
{
    private static readonly RunCaller Caller = new("default", "peers");

    public static async Task<int> RunAsync(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }); // The working directory holds the data: every write would wake the watcher of its settings.
        builder.Configuration.AddCommandLine(args);
        string model = builder.Configuration["model-url"] ?? "http://127.0.0.1:1";
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Providers:OpenAI:Endpoint"] = $"{model}/v1",
            ["Providers:OpenAI:ApiKey"] = "x",
            ["Providers:OpenAI:Model"] = "fake-small",
            ["Providers:OpenAI:MaxConcurrent"] = "1000",
        });
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseHttpServer().UseUrls($"http://127.0.0.1:{builder.Configuration["port"] ?? "0"}");
        builder.Services.AddSingleton(new PeerLog(builder.Configuration["exec-log"], builder.Configuration["gate"] == "closed"));
        builder.Services.AddHybridAgentsCore();
        builder.Services.AddSingleton<ITool, LookupTool>();
        builder.Services.AddHybridAgentsProviders(builder.Configuration);
        builder.Services.AddHybridAgentsOrchestrations();
        builder.Services.AddEmbeddedDurableEngine(options => options.Path = builder.Configuration["data"] ?? ".benchmarks/peer");
        await using WebApplication app = builder.Build();
        app.Services.GetRequiredService<DurableRegistry>().AddOrchestrator<PeerChain>(PeerChain.Name).AddActivity<PeerStep>(PeerStep.Name);
        IDurableClient client = app.Services.GetRequiredService<IDurableClient>();
        IAgentRuns runs = app.Services.GetRequiredService<IAgentRuns>();

        app.MapPost("/chain/{id}", async (string id) =>
        {
            await client.ScheduleNewAsync(PeerChain.Name, 0, new(id));
            return await EndOfAsync(client, id);
        });
        app.MapPost("/chain/{id}/start", async (string id) => await client.ScheduleNewAsync(PeerChain.Name, 0, new(id)));
        app.MapGet("/chain/{id}", (string id) => EndOfAsync(client, id));
        app.MapPost("/agent/{id}", (string id) => RunAgentAsync(runs));
        await app.RunAsync();
        return 0;
    }

    private static async Task<IResult> EndOfAsync(IDurableClient client, string id) =>
        await client.WaitForCompletionAsync(id, fetchPayloads: true) is { Status: OrchestrationStatus.Completed } end
            ? Results.Json(end.Output!.Value.As<int>())
            : Results.StatusCode(500);

    private static async Task<IResult> RunAgentAsync(IAgentRuns runs)
    {
        RunRequest request = new()
        {
            Agent = new() { Model = "openai:fake-small", Tools = ["lookup"] },
            Messages = [Message.User("[[fake tools=2 text=\"The answer is 42.\"]] What is the answer?")],
        };
        RunStart start = await runs.StartAsync(request, Caller, null, CancellationToken.None);
        RunEvent? last = null;
        await foreach (RunEvent item in runs.WatchAsync(start.Run!.RunId, Caller, 0, CancellationToken.None))
            last = item;
        return last?.Type == RunEventTypes.RunCompleted ? Results.Json("done") : Results.StatusCode(500);
    }
}
