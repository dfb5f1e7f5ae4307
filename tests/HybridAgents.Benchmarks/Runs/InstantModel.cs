using System.Runtime.CompilerServices;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Usage;
using HybridAgents.Providers;

namespace HybridAgents.Benchmarks.Runs;

/// <summary>A model that takes no time: asks for the calculator in as many turns as told, then answers.</summary>
/// <param name="toolTurns">How many turns ask for a tool.</param>
/// <param name="answerLength">Characters of the final answer, and of each text beside a tool call.</param>
/// <param name="onCall">What happens in each call first.</param>
internal sealed class InstantModel(int toolTurns, int answerLength, Action? onCall = null) : IModelGateway, IModelDirectory
{
    private static readonly ModelInfo Model = new()
    {
        Ref = new("instant", "model"),
        Locality = Locality.Local,
        ContextWindow = 1_000_000,
        SupportsTools = true,
        Price = new(0, 0),
    };

    private readonly ModelSnapshot _snapshot = new([Model], new Dictionary<ModelRef, ModelHealth>());
    private readonly string _text = new('x', answerLength);

    public ValueTask<ModelSnapshot> GetAsync(CancellationToken cancellationToken) => new(_snapshot);

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        onCall?.Invoke();
        int asked = request.Value.Messages.Count(message => message.Role == MessageRole.Tool);
        yield return new ModelUpdate.TextDelta(_text);
        if (asked < toolTurns)
            yield return new ModelUpdate.ToolCallRequested(new($"call_{asked}", "calculator", """{"expression":"17 * 23"}"""));
        yield return new ModelUpdate.Finished(asked < toolTurns ? "tool_calls" : "stop", new TokenUsage(100, 20), "model");
    }
}
