using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>A call's row, which is its effect ledger too, and where it lies. Partition: the call's id; beside it a partition for each day lists the day's calls.</summary>
internal sealed class ToolExecutionRow(TableRow row)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public const string Table = "toolcalls";
    public const string Key = "r";
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Done = "done";

    /// <summary>An at-most-once call was claimed and never committed: a person says what became of it.</summary>
    public const string Review = "review";

    private const string DecisionName = "decision";

    public string Id => row.PartitionKey;

    public string? ETag => row.ETag;

    public string Tenant => row.Get<string>("tenant")!;

    public string Tool => row.Get<string>("tool")!;

    public string State => row.Get<string>("state")!;

    /// <summary>Gets what a person decided last; null if nobody was asked.</summary>
    public string? Decision => row.Get<string>(DecisionName);

    public string RequestHash => row.Get<string>("request_hash")!;

    public TimeSpan? Timeout => row["timeout_ms"] is long milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    public DateTimeOffset Lease => row.Get<DateTimeOffset>("lease");

    public JsonElement Arguments => JsonElement.Parse(row.Get<byte[]>("arguments")!);

    public static string IdOf(RunCaller caller, string? idempotencyKey) => "call_" + Convert.ToHexStringLower(idempotencyKey is null
        ? RandomNumberGenerator.GetBytes(16)
        : SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Tenant}\n{caller.KeyId}\n{idempotencyKey}")).AsSpan(0, 16));

    public static bool IsId(string text) => text.Length == 37 && text.StartsWith("call_", StringComparison.Ordinal) && text.AsSpan(5).IndexOfAnyExcept(HexDigits) < 0;

    public static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("'day|'yyyyMMdd", CultureInfo.InvariantCulture);

    public static string HashOf(ToolExecutionRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"{request.Tool.Definition.Name} {request.Timeout?.TotalMilliseconds} {CanonicalJson.Hash(request.Arguments)}");

    public static TableRow New(string id, ToolExecutionRequest request, RunCaller caller) => new TableRow(id, Key)
        .Set("tenant", caller.Tenant)
        .Set("tool", request.Tool.Definition.Name)
        .Set("state", Queued)
        .Set("request_hash", HashOf(request))
        .Set("timeout_ms", request.Timeout is { } limit ? (long)limit.TotalMilliseconds : null)
        .Set("arguments", Encoding.UTF8.GetBytes(request.Arguments.GetRawText()));

    public TableOperation Claim(DateTimeOffset lease) => TableOperation.Merge(new TableRow(Id, Key).Set("state", Running).Set("lease", lease), ETag);

    public TableOperation AskForReview() => TableOperation.Merge(new TableRow(Id, Key).Set("state", Review), ETag);

    /// <summary>The write that a decision is: <c>retry</c> queues the call again, the others end it.</summary>
    public TableOperation Settle(ToolReview review)
    {
        TableRow patch = new TableRow(Id, Key).Set(DecisionName, review.Decision).Set("state", review.Decision == ToolReview.Retry ? Queued : Done);
        if (review.Result is { } result)
            patch.Set("result", JsonSerializer.SerializeToUtf8Bytes(result, Payload.Json));
        return TableOperation.Merge(patch, ETag);
    }

    public static TableOperation Finish(string id, string? etag, ToolExecutionResult result) => TableOperation.Merge(
        new TableRow(id, Key).Set("state", Done).Set("result", JsonSerializer.SerializeToUtf8Bytes(result, Payload.Json)), etag);

    public ToolExecutionView ToView()
    {
        ToolExecutionResult? result = State == Done ? new Payload(row.Get<byte[]>("result")).As<ToolExecutionResult>() : null;
        return new(Tool, Id, State == Review ? ToolExecutionView.RequiresAction : result is null ? "running" : "completed", result?.Result, result?.IsError, result?.DurationMs, result?.Cached, $"/api/v1/tools/executions/{Id}");
    }
}

/// <summary>What a call came to.</summary>
internal sealed record ToolExecutionResult(string Result, bool IsError, long DurationMs, bool Cached);
