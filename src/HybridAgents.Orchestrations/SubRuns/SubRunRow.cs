using System.Globalization;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.SubRuns;

/// <summary>A roster row <c>c|</c> of a root run: one sub-run, direct or further down. It is written with the events <c>agent.started</c> and <c>agent.completed</c>.</summary>
internal sealed class SubRunRow(TableRow row)
{
    public const string Prefix = "c|";
    private const string StateName = "state";
    private const string EndedName = "ended";

    public string RunId => row.RowKey[Prefix.Length..];

    public string ETag => row.ETag!;

    public string ParentId => row.Get<string>("parent")!;

    /// <summary>Gets the names of the branches from the root to this one, with slashes between.</summary>
    public string Path => row.Get<string>("path")!;

    public string Name => row.Get<string>("name")!;

    public string AgentType => row.Get<string>("agent_type")!;

    public DateTimeOffset StartedAt => row.Get<DateTimeOffset>("started");

    /// <summary>Gets how it ended; null while it goes on.</summary>
    public RunStatus? End => row.Get<string>(StateName) is { } state ? Enum.Parse<RunStatus>(state) : null;

    public static string Key(string runId) => $"{Prefix}{runId}";

    public static TableRow New(string rootId, string runId, string parentId, string path, Branch branch, DateTimeOffset now) => new TableRow(rootId, Key(runId))
        .Set("parent", parentId)
        .Set("path", path)
        .Set("name", branch.Name)
        .Set("agent_type", branch.Request.Agent.AgentType)
        .Set("started", now);

    public TableRow Ended(RunStatus status, DateTimeOffset now) =>
        new TableRow(row.PartitionKey, row.RowKey).Set(StateName, status.ToString()).Set(EndedName, now);

    /// <summary>The place of a branch in its parent's step, from which its run id is made.</summary>
    public static string Place(int turn, int index, int branch) => string.Create(CultureInfo.InvariantCulture, $"{turn}/tool/{index}/{branch}");
}
