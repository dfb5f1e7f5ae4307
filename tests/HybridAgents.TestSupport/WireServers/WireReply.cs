namespace HybridAgents.TestSupport.WireServers;

/// <summary>What a wire server answers, whatever its dialect. Begin with <see cref="Says"/>, <c>Calls</c> or <see cref="Refuses"/> and refine with the <c>With</c> and <c>After</c> methods.</summary>
public sealed record WireReply
{
    public IReadOnlyList<string> Deltas { get; private init; } = [];

    public IReadOnlyList<WireCall> ToolCalls { get; private init; } = [];

    /// <summary>Null leaves it to the dialect: tool_calls or stop.</summary>
    public string? FinishReason { get; private init; }

    /// <summary>Null leaves usage out.</summary>
    public (int Prompt, int Completion)? Usage { get; private init; } = (11, 7);

    public int Status { get; private init; } = 200;

    public string ErrorMessage { get; private init; } = "";

    /// <summary>The body as it is, whatever the dialect; null renders the reply.</summary>
    public string? Body { get; private init; }

    /// <summary>Whether the connection is closed instead of an answer.</summary>
    public bool HangsUpAtOnce { get; private init; }

    public string? RetryAfter { get; private init; }

    public WireFault Fault { get; private init; }

    /// <summary>How many parts of the answer go out before the fault.</summary>
    public int FaultAfter { get; private init; }

    /// <summary>What ends a stall; null for <see cref="WireServer.Release"/>.</summary>
    public Task? StallEnd { get; private init; }

    /// <summary>Whether every byte is a write of its own.</summary>
    public bool SplitsEveryByte { get; private init; }

    /// <summary>Awaited before anything is answered, headers included.</summary>
    public Task Gate { get; private init; } = Task.CompletedTask;

    /// <summary>A text, in as many parts as there are arguments.</summary>
    public static WireReply Says(params string[] deltas) => new() { Deltas = deltas };

    public static WireReply Calls(params WireCall[] calls) => new() { ToolCalls = calls };

    public static WireReply Calls(string tool, string arguments) => Calls(new WireCall(tool, arguments));

    public static WireReply Refuses(int status, string message = "refused", string? retryAfter = null) =>
        new() { Status = status, ErrorMessage = message, RetryAfter = retryAfter };

    /// <summary>A body that is not rendered: what something in front of the service says, or the service in an unusual form.</summary>
    public static WireReply Sends(string body, int status = 200) => new() { Status = status, Body = body };

    /// <summary>No answer at all: the connection is closed once the request is there.</summary>
    public static WireReply HangsUp() => new() { HangsUpAtOnce = true };

    /// <summary>Calls tools after the text.</summary>
    public WireReply ThenCalls(params WireCall[] calls) => this with { ToolCalls = calls };

    public WireReply WithUsage(int prompt, int completion) => this with { Usage = (prompt, completion) };

    public WireReply WithoutUsage() => this with { Usage = null };

    public WireReply WithFinishReason(string reason) => this with { FinishReason = reason };

    public WireReply SplitEveryByte() => this with { SplitsEveryByte = true };

    /// <summary>Answers only once the task has ended.</summary>
    public WireReply AfterSignal(Task gate) => this with { Gate = gate };

    /// <summary>Breaks the connection after so many parts.</summary>
    public WireReply CutAfter(int parts) => this with { Fault = WireFault.Cut, FaultAfter = parts };

    /// <summary>Sends nothing more after so many parts, until the task or else <see cref="WireServer.Release"/> lets it go on, or until the client goes.</summary>
    public WireReply StallAfter(int parts, Task? until = null) => this with { Fault = WireFault.Stall, FaultAfter = parts, StallEnd = until };

    /// <summary>Sends a part that does not parse after so many parts.</summary>
    public WireReply MalformedAfter(int parts) => this with { Fault = WireFault.Malformed, FaultAfter = parts };

    /// <summary>Reports an error inside the stream after so many parts.</summary>
    public WireReply ErrorAfter(int parts, string message) => this with { Fault = WireFault.ErrorEvent, FaultAfter = parts, ErrorMessage = message };

    /// <summary>Ends the stream properly, but without the part that finishes the answer.</summary>
    public WireReply EndAfter(int parts) => this with { Fault = WireFault.CleanEnd, FaultAfter = parts };
}

/// <summary>A tool call.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">JSON text, or text that is no JSON.</param>
public sealed record WireCall(string Tool, string Arguments);

/// <summary>What goes wrong in the middle of an answer.</summary>
public enum WireFault
{
    None,
    Cut,
    Stall,
    Malformed,
    ErrorEvent,
    CleanEnd,
}
