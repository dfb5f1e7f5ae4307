namespace HybridAgents.Core.Tools.Calculator;

/// <summary>An expression that has no value; the message tells the model why.</summary>
internal sealed class CalculatorException(string message) : Exception(message);
