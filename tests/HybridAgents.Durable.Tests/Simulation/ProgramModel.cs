namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>One statement of a random program.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Count">How many activities, events or milliseconds.</param>
/// <param name="Failures">How often its activities fail before they succeed.</param>
/// <param name="Children">The programs that it runs as sub-orchestrations.</param>
internal sealed record Statement(StatementKind Kind, int Count = 1, int Failures = 0, Statement[][]? Children = null);

internal enum StatementKind
{
    /// <summary>Activities side by side.</summary>
    Work,

    /// <summary>A timer.</summary>
    Sleep,

    /// <summary>Events, one after the other.</summary>
    Read,

    /// <summary>One event, with a time-out that is begun again when it passes.</summary>
    ReadPatiently,

    /// <summary>An activity against a timer; the activity is awaited either way.</summary>
    Race,

    /// <summary>Sub-orchestrations side by side.</summary>
    Call,

    /// <summary>A sub-orchestration that nobody awaits.</summary>
    Detach,

    /// <summary>ContinueAsNew.</summary>
    Next,

    /// <summary>ContinueAsNew with the newer version of the program.</summary>
    Upgrade,
}

/// <summary>What a program leaves behind.</summary>
/// <param name="Sum">Of all values that it read or computed.</param>
/// <param name="Cancelled">Whether it knew of a cancel when it ended.</param>
internal sealed record ProgramResult(long Sum, bool Cancelled);

/// <summary>Makes random programs, and knows what each must result in whatever happens while it runs.</summary>
internal static class ProgramModel
{
    public static Statement[] Create(Random random, int depth = 0)
    {
        Statement[] program = new Statement[random.Next(1, depth == 0 ? 7 : 4)];
        for (int index = 0; index < program.Length; index++)
        {
            // Only the root reads events and has room for two more levels.
            int kinds = depth == 0 ? 9 : depth == 1 ? 5 : 3;
            program[index] = random.Next(kinds) switch
            {
                0 => new(StatementKind.Work, random.Next(1, 4), random.Next(4) == 0 ? random.Next(1, 3) : 0),
                1 => new(StatementKind.Sleep, random.Next(3) * random.Next(1, 3000)),
                2 => new(StatementKind.Race, random.Next(1, 200)),
                3 => new(StatementKind.Next),
                4 => new(random.Next(3) == 0 ? StatementKind.Detach : StatementKind.Call, Children: Children(random, depth)),
                5 => new(StatementKind.Read, random.Next(1, 4)),
                6 => new(StatementKind.ReadPatiently, random.Next(1, 1500)),
                7 => new(StatementKind.Upgrade),
                _ => new(StatementKind.Work),
            };
        }

        return program;
    }

    /// <summary>The sum that the program must end with.</summary>
    public static long Expect(string id, Statement[] program)
    {
        long sum = 0;
        int read = 0;
        for (int at = 0; at < program.Length; at++)
        {
            Statement statement = program[at];
            sum += statement.Kind switch
            {
                StatementKind.Work => Enumerable.Range(0, statement.Count).Sum(index => Value(Key(id, at, index))),
                StatementKind.Race => Value(Key(id, at, 0)),
                StatementKind.Call => statement.Children!.Select((child, index) => Expect(ChildId(id, at, index), child)).Sum(),
                StatementKind.Read => Enumerable.Range(0, statement.Count).Sum(_ => ++read),
                StatementKind.ReadPatiently => ++read,
                _ => 0,
            };
        }

        return sum;
    }

    /// <summary>How many events the program reads; their values are 1, 2, 3, …</summary>
    public static int Events(Statement[] program) =>
        program.Sum(statement => statement.Kind switch { StatementKind.Read => statement.Count, StatementKind.ReadPatiently => 1, _ => 0 });

    /// <summary>The children that the program does not wait for.</summary>
    public static IEnumerable<(string Id, Statement[] Program)> Detached(string id, Statement[] program) =>
        from at in Enumerable.Range(0, program.Length)
        where program[at].Kind == StatementKind.Detach
        from index in Enumerable.Range(0, program[at].Children!.Length)
        select (ChildId(id, at, index), program[at].Children![index]);

    public static string Step(int at, int index) => $"{at}/{index}";

    public static string ChildId(string id, int at, int index) => $"{id}.{at}.{index}";

    /// <summary>What the activity with that key returns.</summary>
    public static long Value(string key)
    {
        uint hash = 2166136261;
        foreach (char part in key)
            hash = (hash ^ part) * 16777619;
        return hash % 1000;
    }

    private static string Key(string id, int at, int index) => $"{id}/{Step(at, index)}";

    private static Statement[][] Children(Random random, int depth) => [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Create(random, depth + 1))];
}
