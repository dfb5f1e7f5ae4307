using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace HybridAgents.Durable.Analyzers;

/// <summary>Tells tasks that come from the context, directly or through other orchestrator code, from all others.</summary>
internal sealed class TaskOrigins(Compilation compilation, OrchestratorScope scope)
{
    private readonly HashSet<ISymbol?> _taskTypes = Types(
        compilation, "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1",
        "System.Collections.Generic.IAsyncEnumerable`1");

    private readonly HashSet<ISymbol?> _combinators = Types(
        compilation, "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1",
        "System.Threading.Tasks.TaskExtensions");

    /// <summary>Whether the call gives something to await.</summary>
    public bool ReturnsTask(IInvocationOperation call) => _taskTypes.Contains(call.TargetMethod.ReturnType.OriginalDefinition);

    /// <summary>Whether the task is recorded: a call of the context, of other orchestrator code, or a combination of tasks (<c>WhenAll</c>, <c>FromResult</c>, …).</summary>
    /// <remarks>A delegate is judged where it is made.</remarks>
    public bool IsRecorded(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod.ReducedFrom ?? call.TargetMethod;
        return method.MethodKind is MethodKind.LocalFunction or MethodKind.DelegateInvoke
            || scope.IsContext(method.ContainingType)
            || scope.Contains(method.ContainingType)
            || scope.TakesContext(method)
            || _combinators.Contains(method.ContainingType.OriginalDefinition);
    }

    private static HashSet<ISymbol?> Types(Compilation compilation, params string[] names) =>
        new(names.Select(compilation.GetTypeByMetadataName).Where(type => type is not null), SymbolEqualityComparer.Default);
}
