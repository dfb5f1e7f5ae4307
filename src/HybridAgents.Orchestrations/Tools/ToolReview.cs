namespace HybridAgents.Orchestrations.Tools;

/// <summary>What a person says of a call that may have taken effect.</summary>
/// <param name="Decision"><c>done</c>, <c>retry</c> or <c>fail</c>.</param>
/// <param name="Output">The call's result, with <c>done</c>.</param>
public sealed record ToolReview(string Decision, string? Output = null)
{
    /// <summary>It took effect.</summary>
    public const string Done = "done";

    /// <summary>It did not, and shall be made again.</summary>
    public const string Retry = "retry";

    /// <summary>It is given up.</summary>
    public const string Fail = "fail";

    /// <summary>Gets what the call comes to; null if it is made again.</summary>
    internal ToolExecutionResult? Result => Decision switch
    {
        Done => new(Output ?? "Done.", IsError: false, 0, Cached: false),
        Retry => null,
        _ => new("A person reviewed this call: it failed.", IsError: true, 0, Cached: false),
    };
}
