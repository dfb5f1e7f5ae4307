using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace HybridAgents.Durable.Analyzers;

/// <summary>Finds what would make an orchestrator decide otherwise at a replay.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OrchestratorAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        OrchestratorRules.Clock, OrchestratorRules.Randomness, OrchestratorRules.Surroundings, OrchestratorRules.Delay, OrchestratorRules.Threads,
        OrchestratorRules.InputOutput, OrchestratorRules.StaticState, OrchestratorRules.DroppedTask, OrchestratorRules.ForeignTask,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (OrchestratorScope.Create(start.Compilation) is not { } scope)
                return;
            ForbiddenApis apis = new(start.Compilation);
            TaskOrigins tasks = new(start.Compilation, scope);
            start.RegisterOperationAction(
                operation => Analyze(operation, scope, apis, tasks),
                OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.PropertyReference, OperationKind.FieldReference, OperationKind.MethodReference);
        });
    }

    private static void Analyze(OperationAnalysisContext context, OrchestratorScope scope, ForbiddenApis apis, TaskOrigins tasks)
    {
        IOperation operation = context.Operation;
        if (Member(operation) is not { } member || operation.Parent is INameOfOperation || !scope.Contains(operation, context.ContainingSymbol))
            return;
        if (apis.Find(member) is { } forbidden)
        {
            if (!IsConfigureAwaitTrue(operation))
                Report(forbidden.Rule, forbidden.Instead);
        }
        else if (IsStaticState(member))
        {
            Report(OrchestratorRules.StaticState);
        }
        else if (operation is IInvocationOperation call && tasks.ReturnsTask(call))
        {
            if (!tasks.IsRecorded(call))
                Report(OrchestratorRules.ForeignTask);
            else if (IsDropped(call))
                Report(OrchestratorRules.DroppedTask);
        }

        void Report(DiagnosticDescriptor rule, string instead = "") =>
            context.ReportDiagnostic(Diagnostic.Create(rule, Place(operation.Syntax).GetLocation(), Display(member), instead));
    }

    private static ISymbol? Member(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        IMemberReferenceOperation reference => reference.Member,
        _ => null,
    };

    /// <summary>A call is marked at its name, not over all its arguments.</summary>
    private static SyntaxNode Place(SyntaxNode syntax) => syntax is InvocationExpressionSyntax call ? call.Expression : syntax;

    private static string Display(ISymbol member) => member is IMethodSymbol { MethodKind: MethodKind.Constructor }
        ? $"new {member.ContainingType.Name}"
        : $"{member.ContainingType.Name}.{member.Name}";

    private static bool IsConfigureAwaitTrue(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } call && call.Arguments.All(argument => argument.Value.ConstantValue is { HasValue: true, Value: true });

    private static bool IsStaticState(ISymbol member) => member.IsStatic && member switch
    {
        IFieldSymbol field => !field.IsConst && (!field.IsReadOnly || IsConcurrentCollection(field.Type)),
        IPropertySymbol property => property.SetMethod is not null,
        _ => false,
    };

    /// <summary>A collection made for several threads, kept in a static field, is there to be changed.</summary>
    private static bool IsConcurrentCollection(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() == "System.Collections.Concurrent";

    private static bool IsDropped(IInvocationOperation call)
    {
        IOperation value = call;
        while (value.Parent is IConversionOperation or IConditionalAccessOperation)
            value = value.Parent;
        return value.Parent is IExpressionStatementOperation
            || (value.Parent is ISimpleAssignmentOperation { Target: IDiscardOperation } assignment && assignment.Value == value);
    }
}
