using Microsoft.CodeAnalysis;

namespace HybridAgents.Durable.Analyzers;

/// <summary>The rules; each is explained, with code, in docs/concepts/orchestrator-rules.md.</summary>
internal static class OrchestratorRules
{
    public static readonly DiagnosticDescriptor Clock = Create(
        "HYB0001", "An orchestrator reads a clock", "'{0}' gives another time at each replay; use {1}");

    public static readonly DiagnosticDescriptor Randomness = Create(
        "HYB0002", "An orchestrator takes a random value", "'{0}' gives another value at each replay; use {1}");

    public static readonly DiagnosticDescriptor Surroundings = Create(
        "HYB0003", "An orchestrator reads its surroundings", "'{0}' may have changed at the next replay; use {1}");

    public static readonly DiagnosticDescriptor Delay = Create(
        "HYB0004", "An orchestrator waits by itself", "'{0}' is not recorded, and begins again at each replay; use {1}");

    public static readonly DiagnosticDescriptor Threads = Create(
        "HYB0005", "An orchestrator leaves its thread", "'{0}' leaves or blocks the thread of the turn; use {1}");

    public static readonly DiagnosticDescriptor InputOutput = Create(
        "HYB0006", "An orchestrator does I/O", "'{0}' touches the outside world again at each replay; use {1}");

    public static readonly DiagnosticDescriptor StaticState = Create(
        "HYB0007", "An orchestrator uses static state that can change", "'{0}' can have changed at the next replay; use the input, a local variable or a result of the context");

    public static readonly DiagnosticDescriptor DroppedTask = Create(
        "HYB0008", "An orchestrator drops a task", "Nobody awaits '{0}': its failure goes unseen, and the orchestrator may end before it");

    public static readonly DiagnosticDescriptor ForeignTask = Create(
        "HYB0009", "An orchestrator starts a task that is not its context's", "'{0}' is not a call of the context, so its result is not recorded; put it into an activity");

    private static DiagnosticDescriptor Create(string id, string title, string message) => new(
        id, title, message, "Determinism", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Orchestrators are replayed from their history, so they must decide the same each time. See docs/concepts/orchestrator-rules.md.");
}
