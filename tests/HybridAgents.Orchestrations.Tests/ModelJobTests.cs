using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.ModelJobs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Providers;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.Configuration;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>Fetching models from a real Ollama interface, and measuring them.</summary>
public sealed class ModelJobTests : IAsyncLifetime
{
    private const string Success = """{"status":"success"}""";

    private readonly ManualTimeProvider _time = new();
    private OllamaWireServer _ollama = null!;
    private RunHost _host = null!;

    public async Task InitializeAsync()
    {
        _ollama = await OllamaWireServer.StartAsync();
        IConfiguration settings = new ConfigurationBuilder().AddInMemoryCollection([new("Providers:Ollama:Endpoint", _ollama.Endpoint.ToString())]).Build();
        _host = await RunHost.StartAsync(_time, services => services.AddHybridAgentsProviders(settings));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _ollama.DisposeAsync();
    }

    [Fact]
    public async Task Pull_Succeeds_TellsProgressAndTheModelIsThereAtOnce()
    {
        (await ModelsAsync()).ShouldNotContain("mistral:latest");
        _ollama.Models.Add(new("mistral:latest"));
        Pulls("""{"status":"pulling manifest"}""", """{"status":"pulling abc","digest":"sha256:abc","total":200,"completed":50}""", Success);
        RunView job = await _host.RunAsync(Pull("mistral:latest"));

        job.Status.ShouldBe(RunStatus.Completed, job.Error?.Message);
        job.Result!.Message!.Content.ShouldBe("ollama:mistral:latest is there.");
        List<RunEvent> told = [.. (await _host.EventsAsync(job.RunId)).Where(entry => entry.Type == RunEventTypes.JobProgress)];
        told.Select(entry => entry.Data.GetProperty("status").GetString()).ShouldBe(["pulling manifest", "pulling abc", "success"]);
        told[1].Data.GetProperty("percent").GetDouble().ShouldBe(25);
        (await ModelsAsync()).ShouldContain("mistral:latest");
    }

    [Fact]
    public async Task Pull_NoSuchModel_FailsWithTheReason()
    {
        Pulls("""{"error":"pull model manifest: file does not exist"}""");
        RunView job = await _host.RunAsync(Pull("nothing:latest"));

        (job.Status, job.Error!.Code).ShouldBe((RunStatus.Failed, RunErrorCodes.ProviderError));
        job.Error.Message.ShouldContain("file does not exist");
    }

    [Fact]
    public async Task Pull_Breaks_GoesOnAfterARest()
    {
        Pulls("""{"status":"pulling manifest"}""", """{"status":"verifying"}""");
        string id = await _host.StartRunAsync(Pull("mistral:latest"));
        await _host.SleepsAsync(id, RunStatus.InProgress);
        Pulls(Success);
        _time.Advance(TimeSpan.FromSeconds(2));

        (await _host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task Pull_TakesLongerThanASlice_GoesOnInTheNext()
    {
        TaskCompletionSource gate = new();
        _ollama.PullGate = gate.Task;
        Pulls("""{"status":"pulling manifest"}""", Success);
        string id = await _host.StartRunAsync(Pull("mistral:latest"));
        await _ollama.Pulls.WaitAsync(RunHost.Patience);
        await _host.EventsAsync(id, RunEventTypes.JobProgress);
        _time.Advance(ModelJobSlice.Limit);
        await _ollama.Pulls.WaitAsync(RunHost.Patience);
        gate.SetResult();

        (await _host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task Pull_Crash_GoesOnAfterTheRestart()
    {
        TaskCompletionSource gate = new();
        _ollama.PullGate = gate.Task;
        Pulls("""{"status":"pulling manifest"}""", Success);
        string id = await _host.StartRunAsync(Pull("mistral:latest"));
        await _ollama.Pulls.WaitAsync(RunHost.Patience);
        await _host.EventsAsync(id, RunEventTypes.JobProgress);
        await _host.CrashAsync();
        await _ollama.Pulls.WaitAsync(RunHost.Patience);
        gate.SetResult();

        (await _host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task Pull_Cancelled_EndsTheTransfer()
    {
        _ollama.PullGate = new TaskCompletionSource().Task;
        Pulls("""{"status":"pulling manifest"}""", Success);
        string id = await _host.StartRunAsync(Pull("mistral:latest"));
        await _ollama.Pulls.WaitAsync(RunHost.Patience);
        await _host.Runs.CancelAsync(id, RunHost.Caller, "enough", force: false, CancellationToken.None);

        (await _host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
    }

    [Fact]
    public async Task Benchmark_Rounds_AreMeasuredAndPaidFor()
    {
        RunView job = await _host.RunAsync(Job(new(ModelJobKind.Benchmark, new("ollama", "llama2:latest"), 4)));

        job.Status.ShouldBe(RunStatus.Completed, job.Error?.Message);
        JsonElement result = JsonElement.Parse(job.Result!.Message!.Content!);
        (result.GetProperty("model").GetString(), result.GetProperty("rounds").GetInt32()).ShouldBe(("ollama:llama2:latest", 4));
        result.GetProperty("completion_tokens").GetInt32().ShouldBe(28);
        (job.Usage.ModelCalls, job.Usage.PromptTokens, job.Usage.CompletionTokens).ShouldBe((4, 44, 28));
        _ollama.Requests.Count.ShouldBe(4, "A measurement is never answered from memory.");
    }

    [Fact]
    public async Task Benchmark_ModelFails_Fails()
    {
        _ollama.Respond = _ => WireReply.Refuses(400, "no");
        (await _host.RunAsync(Job(new(ModelJobKind.Benchmark, new("ollama", "llama2:latest"), 2)))).Error!.Code.ShouldBe(RunErrorCodes.ProviderError);
    }

    private static RunRequest Pull(string model) => Job(new(ModelJobKind.Pull, new("ollama", model)));

    private static RunRequest Job(ModelJob job) => new() { Job = job, Messages = [Message.User("Do it.")], Limits = new() { TimeoutSeconds = 3600 } };

    private void Pulls(params string[] lines)
    {
        _ollama.PullLines.Clear();
        foreach (string line in lines)
            _ollama.PullLines.Add(line);
    }

    private async Task<IReadOnlyList<string>> ModelsAsync() => [.. (await _host.Get<IModelDirectory>().GetAsync(default)).Models.Select(model => model.Ref.Model)];
}
