using System.Runtime.InteropServices;

namespace HybridAgents.Cli;

/// <summary>Ctrl+C, and the signal to terminate: the first asks the run to stop, the second ends the process at once. A run is durable, so an end at once loses nothing.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Action _beforeExit;
    private int _count;

    /// <param name="beforeExit">Runs before the process ends at once.</param>
    public Interrupt(Action beforeExit)
    {
        _beforeExit = beforeExit;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    /// <summary>Fires at the first signal.</summary>
    public CancellationToken First => _first.Token;

    public void Dispose()
    {
        _registrations.ForEach(static registration => registration.Dispose());
        _first.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _first.Cancel();
            return;
        }

        _beforeExit();
        Environment.Exit(ExitCodes.Interrupted);
    }
}
