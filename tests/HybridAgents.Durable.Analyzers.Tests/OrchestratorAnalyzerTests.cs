using Microsoft.CodeAnalysis;

namespace HybridAgents.Durable.Analyzers.Tests;

public sealed class OrchestratorAnalyzerTests
{
    [Theory]
    [InlineData("HYB0001", "DateTime now = [|DateTime.UtcNow|].AddDays(1);")]
    [InlineData("HYB0001", "DateTime now = [|DateTime.Now|], day = [|DateTime.Today|];")]
    [InlineData("HYB0001", "DateTimeOffset now = [|DateTimeOffset.UtcNow|];")]
    [InlineData("HYB0001", "long from = [|Stopwatch.GetTimestamp|]();")]
    [InlineData("HYB0001", "Stopwatch watch = [|new Stopwatch()|];")]
    [InlineData("HYB0001", "long ticks = [|Environment.TickCount64|];")]
    [InlineData("HYB0001", "DateTimeOffset now = [|[|TimeProvider.System|].GetUtcNow|]();")]
    [InlineData("HYB0002", "Guid id = [|Guid.NewGuid|]();")]
    [InlineData("HYB0002", "IEnumerable<Guid> ids = Enumerable.Range(0, 2).Select(_ => [|Guid.NewGuid|]());")]
    [InlineData("HYB0002", "Func<Guid> make = [|Guid.NewGuid|];")]
    [InlineData("HYB0002", "int n = [|[|new Random()|].Next|]();")]
    [InlineData("HYB0002", "int n = [|[|Random.Shared|].Next|](3);")]
    [InlineData("HYB0002", "byte[] key = [|System.Security.Cryptography.RandomNumberGenerator.GetBytes|](8);")]
    [InlineData("HYB0002", "int hash = [|input.GetHashCode|]();")]
    [InlineData("HYB0002", "int hash = [|HashCode.Combine|](1, 2);")]
    [InlineData("HYB0003", "string? home = [|Environment.GetEnvironmentVariable|](\"HOME\");")]
    [InlineData("HYB0003", "int cores = [|Environment.ProcessorCount|];")]
    [InlineData("HYB0003", "string folder = [|AppContext.BaseDirectory|];")]
    [InlineData("HYB0004", "await [|Task.Delay|](10);")]
    [InlineData("HYB0004", "[|Thread.Sleep|](10);")]
    [InlineData("HYB0004", "using PeriodicTimer timer = [|new PeriodicTimer(TimeSpan.FromSeconds(1))|];")]
    [InlineData("HYB0004", "using CancellationTokenSource stop = new(); [|stop.CancelAfter|](10);")]
    [InlineData("HYB0004", "await [|context.CancelRequested.WaitAsync|](TimeSpan.FromSeconds(1));")]
    [InlineData("HYB0005", "await [|Task.Run|](() => 1);")]
    [InlineData("HYB0005", "await [|Task.Yield|]();")]
    [InlineData("HYB0005", "int n = await [|context.CallActivityAsync<int>(\"A\").ConfigureAwait|](false);")]
    [InlineData("HYB0005", "await [|context.CallActivityAsync(\"A\").ContinueWith|](task => { });")]
    [InlineData("HYB0005", "await [|[|Task.Factory|].StartNew|](() => 1);")]
    [InlineData("HYB0005", "[|context.CallActivityAsync(\"A\").Wait|]();")]
    [InlineData("HYB0005", "[|Parallel.For|](0, 3, _ => { });")]
    [InlineData("HYB0005", "[|ThreadPool.QueueUserWorkItem|](_ => { });")]
    [InlineData("HYB0005", "Thread thread = [|new Thread(() => { })|];")]
    [InlineData("HYB0005", "using CancellationTokenSource stop = new(); await [|stop.CancelAsync|]();")]
    [InlineData("HYB0006", "string text = [|File.ReadAllText|](\"a\");")]
    [InlineData("HYB0006", "bool there = [|Directory.Exists|](\"a\");")]
    [InlineData("HYB0006", "bool there = [|[|new FileInfo(\"a\")|].Exists|];")]
    [InlineData("HYB0006", "using HttpClient http = [|new HttpClient()|]; string page = await [|http.GetStringAsync|](\"http://localhost\");")]
    [InlineData("HYB0006", "Process? process = [|Process.Start|](\"ls\");")]
    [InlineData("HYB0006", "[|Console.WriteLine|](input);")]
    [InlineData("HYB0007", "string culture = [|System.Globalization.CultureInfo.CurrentCulture|].Name;")]
    [InlineData("HYB0008", "[|context.CallActivityAsync|](\"A\");")]
    [InlineData("HYB0008", "_ = [|context.CallActivityAsync<int>|](\"A\");")]
    [InlineData("HYB0008", "foreach (string item in input.Split(' ')) [|context.CallSubOrchestratorAsync<int>|](item);")]
    [InlineData("HYB0008", "Action later = () => [|context.CallActivityAsync|](\"A\");")]
    [InlineData("HYB0009", "using SemaphoreSlim gate = new(1); await [|gate.WaitAsync|]();")]
    [InlineData("HYB0009", "ITable table = null!; TableRow? row = await [|table.GetAsync|](\"p\", \"r\");")]
    [InlineData("HYB0009", "ITable table = null!; await Task.WhenAll([|table.GetAsync|](\"p\", \"r\").AsTask(), context.CallActivityAsync(\"A\"));")]
    [InlineData("HYB0009", "ITable table = null!; await foreach (TableRow row in [|table.QueryAsync|](\"p\")) { }")]
    public Task Statement_InAnOrchestrator_IsReportedAtItsPlace(string id, string statement) =>
        Snippet.ShouldReportAsync(id, Snippet.InOrchestrator(statement));

    [Theory]
    [InlineData("DateTimeOffset now = context.CurrentUtcDateTime.AddDays(1); DateTime day = DateTime.UnixEpoch;")]
    [InlineData("Guid id = context.NewGuid(); Guid none = Guid.Empty; Guid read = Guid.Parse(input);")]
    [InlineData("string line = Environment.NewLine; string path = Path.Combine(\"a\", \"b\");")]
    [InlineData("int n = await context.CallActivityAsync<int>(\"A\").ConfigureAwait(true);")]
    [InlineData("Task<int> a = context.CallActivityAsync<int>(\"A\"); Task b = context.CreateTimer(TimeSpan.FromHours(1)); await Task.WhenAny(a, b);")]
    [InlineData("int[] all = await Task.WhenAll(input.Split(' ').Select(item => context.CallActivityAsync<int>(\"A\", item)));")]
    [InlineData("int n = await Task.FromResult(3); await Task.CompletedTask;")]
    [InlineData("if (context.CancelRequested.IsCompleted) { string? why = context.CancelRequested.Result.Reason; }")]
    [InlineData("context.CreateReplaySafeLogger(\"Order\").LogInformation(\"Started\");")]
    [InlineData("using CancellationTokenSource stop = new(); Task timer = context.CreateTimer(TimeSpan.FromDays(1), stop.Token); stop.Cancel();")]
    [InlineData("string name = nameof(DateTime.UtcNow);")]
    [InlineData("context.SetCustomStatus(input); context.ContinueAsNew(input);")]
    public Task Statement_ThatReplays_IsNotReported(string statement) => Snippet.ShouldBeCleanAsync(Snippet.InOrchestrator(statement));

    [Theory]
    [InlineData("public static int Count; public int Next() => [|Count|]++;")]
    [InlineData("private static int Count { get; set; } public void Next() => [|Count|]++;")]
    [InlineData("private static readonly ConcurrentDictionary<string, int> Seen = new(); public bool First(string key) => [|Seen|].TryAdd(key, 1);")]
    public Task StaticState_ThatCanChange_IsReportedWhereItIsUsed(string members) =>
        Snippet.ShouldReportAsync("HYB0007", Snippet.InOrchestrator("", members));

    [Fact]
    public Task StaticState_ThatCannotChange_IsNotReported() => Snippet.ShouldBeCleanAsync(Snippet.InOrchestrator(
        "TimeSpan grace = Grace * Factor; string first = Names[0];",
        "private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10); private const int Factor = 2; private static readonly string[] Names = [\"a\"];"));

    [Fact]
    public Task Method_OfTheSameClass_IsOrchestratorCode() => Snippet.ShouldReportAsync("HYB0001", Snippet.InOrchestrator(
        "DateTime at = Later();", "private static DateTime Later() => [|DateTime.UtcNow|].AddHours(1);"));

    [Fact]
    public Task Method_OfTheSameClass_MayBeAwaited() => Snippet.ShouldBeCleanAsync(Snippet.InOrchestrator(
        "await StepAsync(context); await this.StepAsync(context);", "private async Task StepAsync(OrchestrationContext context) => await context.CallActivityAsync(\"A\");"));

    [Fact]
    public Task Method_OfTheSameClass_MustBeAwaited() => Snippet.ShouldReportAsync("HYB0008", Snippet.InOrchestrator(
        "[|StepAsync|](context);", "private Task StepAsync(OrchestrationContext context) => context.CallActivityAsync(\"A\");"));

    [Fact]
    public Task Field_Initialiser_IsOrchestratorCode() => Snippet.ShouldReportAsync("HYB0002", Snippet.InOrchestrator(
        "", "private readonly Guid _id = [|Guid.NewGuid|]();"));

    [Fact]
    public Task Class_ThatKeepsTheContext_IsOrchestratorCode() => Snippet.ShouldReportAsync("HYB0001", """
        public sealed class Generation(OrchestrationContext context)
        {
            public async Task RunAsync()
            {
                await context.CreateTimer([|DateTimeOffset.UtcNow|].AddHours(1));
                await new Clock(context).WaitAsync();
            }
        }

        public sealed class Clock
        {
            private readonly OrchestrationContext _context;
            public Clock(OrchestrationContext context) => _context = context;
            public Task WaitAsync() => _context.CreateTimer([|DateTimeOffset.UtcNow|]);
        }
        """);

    [Fact]
    public Task Function_ThatTakesTheContext_IsOrchestratorCode() => Snippet.ShouldReportAsync("HYB0002", """
        public static class Steps
        {
            public static Task<int> CallAsync(this OrchestrationContext context) => context.CallActivityAsync<int>("A", [|Guid.NewGuid|]());
            public static Guid Outside() => Guid.NewGuid();
            public static Func<OrchestrationContext, Task<int>> Lambda { get; } = context => context.CallActivityAsync<int>("A", [|Guid.NewGuid|]());
        }
        """);

    [Fact]
    public Task Extension_OfTheContext_MayBeAwaited() => Snippet.ShouldBeCleanAsync("""
        public static class Steps
        {
            public static Task<int> CallAsync(this OrchestrationContext context) => context.CallActivityAsync<int>("A");
        }
        """ + Snippet.InOrchestrator("int n = await context.CallAsync(); Func<Task<int>> again = () => context.CallAsync(); await again();"));

    [Fact]
    public Task Activity_MayDoAnything_AndIsNotReported() => Snippet.ShouldBeCleanAsync("""
        public sealed class Fetch(HttpClient http) : Activity<string, string>
        {
            private static int s_calls;
            public override async Task<string> RunAsync(ActivityContext context, string input)
            {
                s_calls++;
                Console.WriteLine($"{DateTime.UtcNow} {Guid.NewGuid()}");
                await Task.Delay(1).ConfigureAwait(false);
                return await http.GetStringAsync(input);
            }
        }
        """);

    [Fact]
    public Task Engine_ThatImplementsTheContext_IsNotReported() => Snippet.ShouldBeCleanAsync("""
        public abstract class Replayed(OrchestrationContext inner) : OrchestrationContext
        {
            public override Guid NewGuid() => Guid.NewGuid();
            public override DateTimeOffset CurrentUtcDateTime => DateTimeOffset.UtcNow;
        }
        """);

    [Fact]
    public async Task Message_NamesWhatIsWrongAndWhatToUse()
    {
        IReadOnlyList<string> messages = await Snippet.MessagesAsync(Snippet.InOrchestrator("await Task.Delay(10);"));
        messages.ShouldBe(["'Task.Delay' is not recorded, and begins again at each replay; use context.CreateTimer"]);
    }

    [Fact]
    public void Rules_AreAllDocumentedWithBadAndGoodCode()
    {
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "orchestrator-rules.md"));
        foreach (DiagnosticDescriptor rule in new OrchestratorAnalyzer().SupportedDiagnostics)
        {
            string[] section = page.Split($"\n## {rule.Id}: ");
            section.Length.ShouldBe(2, rule.Id);
            string text = section[1].Split("\n## ")[0];
            text.ShouldContain("// bad");
            text.ShouldContain("// good");
        }
    }
}
