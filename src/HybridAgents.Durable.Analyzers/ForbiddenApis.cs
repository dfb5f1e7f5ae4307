using Microsoft.CodeAnalysis;

namespace HybridAgents.Durable.Analyzers;

/// <summary>Members of the platform that an orchestrator must not use, and what it uses instead.</summary>
internal sealed class ForbiddenApis
{
    private const string Now = "context.CurrentUtcDateTime";
    private const string Guid = "context.NewGuid()";
    private const string Input = "the orchestrator's input";
    private const string Timer = "context.CreateTimer";
    private const string Context = "calls of the context, with Task.WhenAll and Task.WhenAny over them";
    private const string Activity = "an activity";

    /// <summary>By type: which members (none named: all), the rule (none: allowed), and the replacement. The first entry that names a member counts.</summary>
    private static readonly (string Type, string[] Members, DiagnosticDescriptor? Rule, string Instead)[] Table =
    [
        ("System.DateTime", ["Now", "UtcNow", "Today"], OrchestratorRules.Clock, Now),
        ("System.DateTimeOffset", ["Now", "UtcNow"], OrchestratorRules.Clock, Now),
        ("System.Diagnostics.Stopwatch", [], OrchestratorRules.Clock, Now),
        ("System.TimeProvider", [], OrchestratorRules.Clock, Now),
        ("System.Environment", ["TickCount", "TickCount64"], OrchestratorRules.Clock, Now),

        ("System.Guid", ["NewGuid", "CreateVersion7"], OrchestratorRules.Randomness, Guid),
        ("System.Random", [], OrchestratorRules.Randomness, Guid),
        ("System.Security.Cryptography.RandomNumberGenerator", [], OrchestratorRules.Randomness, Guid),
        ("System.HashCode", [], OrchestratorRules.Randomness, "a hash without a seed of the process"),
        ("System.String", ["GetHashCode"], OrchestratorRules.Randomness, "a hash without a seed of the process"),
        ("System.IO.Path", ["GetRandomFileName", "GetTempFileName"], OrchestratorRules.Randomness, Guid),

        ("System.Environment", ["NewLine"], null, ""),
        ("System.Environment", [], OrchestratorRules.Surroundings, Input),
        ("System.AppContext", [], OrchestratorRules.Surroundings, Input),

        ("System.Threading.Tasks.Task", ["Delay", "WaitAsync"], OrchestratorRules.Delay, Timer),
        ("System.Threading.Thread", ["Sleep", "SpinWait"], OrchestratorRules.Delay, Timer),
        ("System.Threading.Timer", [], OrchestratorRules.Delay, Timer),
        ("System.Threading.PeriodicTimer", [], OrchestratorRules.Delay, Timer),
        ("System.Timers.Timer", [], OrchestratorRules.Delay, Timer),
        ("System.Threading.CancellationTokenSource", ["CancelAfter"], OrchestratorRules.Delay, Timer),

        ("System.Threading.Tasks.Task", ["Run", "Yield", "ContinueWith", "ConfigureAwait", "Factory", "Start", "Wait", "WaitAll", "WaitAny"], OrchestratorRules.Threads, Context),
        ("System.Threading.Tasks.ValueTask", ["ConfigureAwait"], OrchestratorRules.Threads, Context),
        ("System.Threading.Tasks.TaskFactory", [], OrchestratorRules.Threads, Context),
        ("System.Threading.Tasks.Parallel", [], OrchestratorRules.Threads, Context),
        ("System.Linq.ParallelEnumerable", [], OrchestratorRules.Threads, Context),
        ("System.Threading.Thread", [], OrchestratorRules.Threads, Context),
        ("System.Threading.ThreadPool", [], OrchestratorRules.Threads, Context),
        ("System.Threading.SynchronizationContext", [], OrchestratorRules.Threads, Context),
        ("System.Threading.CancellationTokenSource", ["CancelAsync"], OrchestratorRules.Threads, "Cancel(), whose callbacks run in the turn"),

        ("System.Console", [], OrchestratorRules.InputOutput, "context.CreateReplaySafeLogger"),
        .. Entries(OrchestratorRules.InputOutput, Activity,
            "System.IO.File", "System.IO.Directory", "System.IO.FileSystemInfo", "System.IO.FileStream", "System.IO.StreamReader", "System.IO.StreamWriter",
            "System.IO.RandomAccess", "System.IO.DriveInfo", "System.IO.FileSystemWatcher", "System.Diagnostics.Process",
            "System.Net.Http.HttpMessageInvoker", "System.Net.Http.HttpMessageHandler", "System.Net.Http.Json.HttpClientJsonExtensions", "System.Net.Dns",
            "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.TcpListener", "System.Net.Sockets.UdpClient",
            "System.Net.WebSockets.WebSocket", "System.Net.WebRequest", "System.Net.NetworkInformation.Ping"),
    ];

    private readonly Dictionary<ISymbol, List<(string[] Members, DiagnosticDescriptor? Rule, string Instead)>> _types = new(SymbolEqualityComparer.Default);

    public ForbiddenApis(Compilation compilation)
    {
        foreach ((string name, string[] members, DiagnosticDescriptor? rule, string instead) in Table)
        {
            if (compilation.GetTypeByMetadataName(name) is not { } type)
                continue;
            if (!_types.TryGetValue(type, out List<(string[], DiagnosticDescriptor?, string)>? entries))
                _types.Add(type, entries = []);
            entries.Add((members, rule, instead));
        }
    }

    /// <summary>What is wrong with the member; null if nothing is.</summary>
    public (DiagnosticDescriptor Rule, string Instead)? Find(ISymbol member)
    {
        for (INamedTypeSymbol? type = member.ContainingType; type is not null; type = type.BaseType)
        {
            if (!_types.TryGetValue(type.OriginalDefinition, out List<(string[] Members, DiagnosticDescriptor? Rule, string Instead)>? entries))
                continue;
            foreach ((string[] members, DiagnosticDescriptor? rule, string instead) in entries)
            {
                if (members.Length == 0 || members.Contains(member.Name))
                    return rule is null ? null : (rule, instead);
            }
        }

        return null;
    }

    private static IEnumerable<(string, string[], DiagnosticDescriptor?, string)> Entries(DiagnosticDescriptor rule, string instead, params string[] types) =>
        types.Select(type => (type, Array.Empty<string>(), (DiagnosticDescriptor?)rule, instead));
}
