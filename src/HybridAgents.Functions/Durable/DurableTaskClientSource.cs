using HybridAgents.Durable;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions.Durable;

/// <summary>
/// Hands the framework's client to code that is not a function. The extension gives it to functions only, as a binding, and keeps it for the life of the process;
/// each function that has it passes it on.
/// </summary>
internal sealed class DurableTaskClientSource
{
    private static readonly TimeSpan FirstBinding = TimeSpan.FromSeconds(30);
    private volatile DurableTaskClient? _client;

    /// <summary>Gets the client.</summary>
    /// <exception cref="EngineBusyException">No function that has it has run yet in this process.</exception>
    public DurableTaskClient Client => _client ?? throw new EngineBusyException("The Durable Functions client is not there yet.", FirstBinding);

    /// <summary>Takes the binding of an invocation.</summary>
    public void Bind(DurableTaskClient client) => _client = client;
}
