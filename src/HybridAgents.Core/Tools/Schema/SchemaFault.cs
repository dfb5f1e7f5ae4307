namespace HybridAgents.Core.Tools;

/// <summary>Something wrong with a value or with a schema.</summary>
/// <param name="Path">Where: <c>$</c> is the whole, then <c>$.name</c> and <c>$[0]</c>.</param>
/// <param name="Message">What is wrong and what is allowed. It may quote the schema, never the value.</param>
public sealed record SchemaFault(string Path, string Message);
