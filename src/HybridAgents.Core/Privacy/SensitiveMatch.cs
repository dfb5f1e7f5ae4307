namespace HybridAgents.Core.Privacy;

/// <summary>A piece of a text that must not be seen outside.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="Length">Characters.</param>
/// <param name="Kind">A stable code such as <c>api_key</c>, <c>email</c> or <c>card</c>.</param>
internal readonly record struct SensitiveMatch(int Start, int Length, string Kind);
