using System.Text.Json.Serialization;

namespace HybridAgents.Sandbox;

/// <summary>What a host writes to the sandbox: one line of JSON. The input stays open as long as the answer is wanted.</summary>
/// <param name="Code">The script.</param>
/// <param name="Seconds">How long it may run.</param>
/// <param name="Megabytes">How much memory its objects may take, in MiB.</param>
/// <param name="MaxCharacters">How much text it may answer: printed lines and result together.</param>
internal sealed record CodeRequest(string Code, int Seconds, int Megabytes, int MaxCharacters);

/// <summary>What the sandbox writes back, as JSON.</summary>
/// <param name="Printed">The lines that the script has printed.</param>
/// <param name="Result">The value of its last expression as text; null for none.</param>
/// <param name="Error">Why it did not end well; null if it did.</param>
/// <param name="Cut">Whether text was left out.</param>
internal sealed record CodeAnswer(IReadOnlyList<string> Printed, string? Result, string? Error, bool Cut);

[JsonSerializable(typeof(CodeRequest))]
[JsonSerializable(typeof(CodeAnswer))]
internal sealed partial class CodeProtocol : JsonSerializerContext;
