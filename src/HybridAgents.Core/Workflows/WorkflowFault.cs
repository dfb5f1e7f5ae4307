namespace HybridAgents.Core.Workflows;

/// <summary>Something wrong with a workflow.</summary>
/// <param name="Path">Where, such as <c>steps[1].until</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record WorkflowFault(string Path, string Message);
