using System.Globalization;
using HybridAgents.Durable;

namespace HybridAgents.Benchmarks.Peers;

/// <summary>Five durable steps, each adding 1.</summary>
internal sealed class PeerChain : Orchestrator<int, int>
{
    public const string Name = "peer_chain";

    public override async Task<int> RunAsync(OrchestrationContext context, int input)
    {
        for (int step = 0; step < 5; step++)
            input = await context.CallActivityAsync<int>(PeerStep.Name, new PeerStepInput(step, input), new($"{step}"));
        return input;
    }
}

internal sealed record PeerStepInput(int Step, int Value);

/// <summary>A trivial step that notes in a file when it begins; in the recovery test the third one never ends before the crash.</summary>
internal sealed class PeerStep(PeerLog log) : Activity<PeerStepInput, int>
{
    public const string Name = "peer_step";

    private const int GatedStep = 2;

    public override async Task<int> RunAsync(ActivityContext context, PeerStepInput input)
    {
        log.Note(context.InstanceId, input.Step);
        if (log.GateClosed && input.Step == GatedStep)
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return input.Value + 1;
    }
}

/// <summary>The execution log that the comparison reads: when each step of each run began.</summary>
internal sealed class PeerLog(string? file, bool gateClosed) : IDisposable
{
    private readonly StreamWriter? _writer = file is null ? null : new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public bool GateClosed { get; } = gateClosed;

    public void Note(string run, int step)
    {
        if (_writer is null)
            return;
        lock (_writer)
            _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()} {run} {step}"));
    }

    public void Dispose() => _writer?.Dispose();
}
