namespace HybridAgents.Local.Configuration;

/// <summary>A setting is wrong. The message is one line that names the key, the value and what is allowed.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
