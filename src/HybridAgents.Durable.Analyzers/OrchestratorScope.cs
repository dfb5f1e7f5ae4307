using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace HybridAgents.Durable.Analyzers;

/// <summary>What counts as orchestrator code: classes that derive from <c>Orchestrator&lt;,&gt;</c>, types that keep or take an <c>OrchestrationContext</c>, and functions that take one.</summary>
/// <remarks>Not the context itself, nor what derives from it: that is the engine's side.</remarks>
internal sealed class OrchestratorScope
{
    private readonly ConcurrentDictionary<ISymbol, bool> _types = new(SymbolEqualityComparer.Default);
    private readonly INamedTypeSymbol _context;
    private readonly INamedTypeSymbol? _orchestrator;

    private OrchestratorScope(INamedTypeSymbol context, INamedTypeSymbol? orchestrator) => (_context, _orchestrator) = (context, orchestrator);

    /// <summary>The scope in a compilation; null if it does not know the model.</summary>
    public static OrchestratorScope? Create(Compilation compilation) =>
        compilation.GetTypeByMetadataName("HybridAgents.Durable.OrchestrationContext") is { } context
            ? new(context, compilation.GetTypeByMetadataName("HybridAgents.Durable.IOrchestrator"))
            : null;

    /// <summary>Whether the operation runs as part of an orchestrator.</summary>
    public bool Contains(IOperation operation, ISymbol containing)
    {
        if (containing.ContainingType is { } type && Contains(type))
            return true;
        if (containing is IMethodSymbol method && TakesContext(method))
            return true;
        for (IOperation? parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            IMethodSymbol? function = (parent as IAnonymousFunctionOperation)?.Symbol ?? (parent as ILocalFunctionOperation)?.Symbol;
            if (function is not null && TakesContext(function))
                return true;
        }

        return false;
    }

    /// <summary>Whether all of the type is orchestrator code.</summary>
    public bool Contains(INamedTypeSymbol type) => _types.GetOrAdd(type.OriginalDefinition, _ => IsOrchestrator(type.OriginalDefinition));

    /// <summary>Whether the type is the context or derives from it.</summary>
    public bool IsContext(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, _context))
                return true;
        }

        return false;
    }

    /// <summary>Whether the function has a parameter for the context.</summary>
    public bool TakesContext(IMethodSymbol method) => method.Parameters.Any(parameter => IsContext(parameter.Type));

    private bool IsOrchestrator(INamedTypeSymbol type)
    {
        if (IsContext(type) || type.TypeKind is TypeKind.Interface or TypeKind.Delegate)
            return false;
        return type.AllInterfaces.Any(known => SymbolEqualityComparer.Default.Equals(known, _orchestrator))
            || type.InstanceConstructors.Any(TakesContext)
            || type.GetMembers().Any(member => member is IFieldSymbol field && IsContext(field.Type))
            || (type.BaseType is { } parent && Contains(parent));
    }
}
