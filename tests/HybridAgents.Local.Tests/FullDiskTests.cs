using System.Net;
using System.Text.Json;
using HybridAgents.Durable;
using HybridAgents.Durable.Engine;
using HybridAgents.Local.Configuration;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Local.Tests;

/// <summary>A disk that takes no writes, seen through HTTP.</summary>
public sealed class FullDiskTests
{
    private LimitedDisk _disk = null!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OnADiskThatTakesNoWrites_NewOnesAreRefusedAndAcceptedOnesEndOnceItDoesAgain(bool readOnly)
    {
        TaskCompletionSource answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WiredHost host = await StartAsync();
        host.Model.Respond = _ => WireReply.Says("Done.").AfterSignal(answers.Task);
        string[] accepted = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.Client.StartAsync(RunClient.Body("Go"))));
        foreach (string _ in accepted)
            await host.Model.NextRequestAsync();

        _disk.Refuse(readOnly ? LimitedDisk.ReadOnly : LimitedDisk.Full);
        answers.SetResult(); // They arrive while nothing can be written.
        await UntilRefusedAsync(host.Engine);
        await RefusedAsync(await host.Client.PostAsync("/api/v1/agents/run", RunClient.Body("Refused")));
        await RefusedAsync(await host.Client.PostAsync("/api/v1/agents/run", RunClient.Body("Refused"), idempotencyKey: "again"));
        await RefusedAsync(await host.Client.PostAsync("/api/v1/tools/execute", """{"name":"calculator","arguments":{"expression":"1+1"}}"""));
        using (HttpResponseMessage health = await host.Client.Http.GetAsync("/api/v1/system/health"))
            (await health.Content.ReadAsStringAsync()).ShouldContain("New runs are refused: The disk is full or read-only.");

        _disk.Refuse(null);
        foreach (string id in accepted)
            (await host.Client.WaitAsync(id, "completed")).GetProperty("result").GetProperty("message").GetProperty("content").GetString().ShouldBe("Done.");
        using (HttpResponseMessage again = await host.Client.PostAsync("/api/v1/agents/run", RunClient.Body("Go"), idempotencyKey: "again"))
            again.StatusCode.ShouldBe(HttpStatusCode.Accepted); // Another body: the refused request has left nothing behind.
        await host.Model.NextRequestAsync();
        host.Model.Requests.Count.ShouldBe(accepted.Length + 1); // No call was repeated, and nothing that was refused has run.
    }

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            string text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, text);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            JsonElement error = JsonElement.Parse(text).GetProperty("error");
            (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()).ShouldBe(("unavailable", "The disk is full or read-only."));
        }
    }

    private static async Task UntilRefusedAsync(EmbeddedEngine engine)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (engine.RefusalReason is null)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<WiredHost> StartAsync() => WiredHost.StartAsync([], builder =>
    {
        string data = DataOptions.Open(builder.Configuration);
        _disk = new(data);
        builder.Services.AddSingleton(provider => new EmbeddedEngine(
            new() { Path = data },
            provider.GetRequiredService<DurableRegistry>(),
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>())
        {
            Files = _disk,
        });
    });
}
