using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace HybridAgents.Durable.Analyzers.Tests;

/// <summary>Code compiled in memory against the model; <c>[|…|]</c> marks what must be reported.</summary>
internal static class Snippet
{
    private const string Usings = """
        using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.IO; using System.Linq;
        using System.Net.Http; using System.Threading; using System.Threading.Tasks; using HybridAgents.Durable; using HybridAgents.Durable.Tables;
        using Microsoft.Extensions.Logging; using Process = System.Diagnostics.Process; using Stopwatch = System.Diagnostics.Stopwatch;

        """;

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>A class that derives from <c>Orchestrator</c>, with these statements in its method.</summary>
    public static string InOrchestrator(string statements, string members = "") => $$"""
        public class Order : Orchestrator<string, int>
        {
            {{members}}
            public override async Task<int> RunAsync(OrchestrationContext context, string input)
            {
                {{statements}}
                await context.CreateTimer(TimeSpan.Zero);
                return 0;
            }
        }
        """;

    /// <summary>Asserts that exactly the marked places are reported, each with this rule.</summary>
    public static async Task ShouldReportAsync(string id, string code)
    {
        (string source, List<string> marked) = Unmark(Usings + code);
        ImmutableArray<Diagnostic> found = await AnalyzeAsync(source);
        found.Select(diagnostic => $"{diagnostic.Id} {diagnostic.Location.SourceSpan.Start} {source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)}")
            .ShouldBe(marked.Select(place => $"{id} {place}"));
        marked.ShouldNotBeEmpty();
    }

    /// <summary>Asserts that nothing is reported.</summary>
    public static async Task ShouldBeCleanAsync(string code) => (await AnalyzeAsync(Usings + code)).ShouldBeEmpty();

    /// <summary>The messages reported.</summary>
    public static async Task<IReadOnlyList<string>> MessagesAsync(string code) =>
        [.. (await AnalyzeAsync(Usings + code)).Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];

    private static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(string source)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Snippet", [CSharpSyntaxTree.ParseText(source)], References.Value, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ShouldBeEmpty();
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers([new OrchestratorAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan)];
    }

    private static (string Source, List<string> Marked) Unmark(string code)
    {
        StringBuilder source = new();
        Stack<int> open = new();
        List<(int Start, int End)> places = [];
        for (int index = 0; index < code.Length; index++)
        {
            string two = code.Substring(index, Math.Min(2, code.Length - index));
            if (two == "[|")
                open.Push(source.Length);
            else if (two == "|]")
                places.Add((open.Pop(), source.Length));
            else
                source.Append(code[index]);
            index += two is "[|" or "|]" ? 1 : 0;
        }

        string text = source.ToString();
        return (text, [.. places.Order().Select(place => $"{place.Start} {text[place.Start..place.End]}")]);
    }
}
