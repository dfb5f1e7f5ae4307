using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.Tests.Support;

/// <summary>What a scripted model does when it is called.</summary>
internal delegate IAsyncEnumerable<ModelUpdate> ModelScript(ModelRequest request, CancellationToken cancellationToken);

/// <summary>Models that answer by script, and remember what they were sent. Shared by the hosts of one test, so that it counts over restarts.</summary>
internal sealed class ScriptedModels : IModelGateway, ICredentialedGateway, IModelDirectory
{
    private readonly ConcurrentQueue<Cleared<ModelRequest>> _sent = new();

    public List<ModelInfo> Models { get; } = [Local("local:small")];

    public Dictionary<ModelRef, ModelHealth> Health { get; } = [];

    public string PriceTableVersion { get; set; } = ModelCatalogue.PriceTableVersion;

    /// <summary>Gets or sets what the models do.</summary>
    public ModelScript Script { get; set; } = Says("Hello.");

    public IReadOnlyList<Cleared<ModelRequest>> Sent => [.. _sent];

    public static ModelInfo Local(string name, int window = 8192, bool tools = true) =>
        new() { Ref = Ref(name), Locality = Locality.Local, ContextWindow = window, SupportsTools = tools };

    public static ModelInfo Cloud(string name, ModelPrice? price = null) =>
        new() { Ref = Ref(name), Locality = Locality.Cloud, ContextWindow = 128_000, SupportsTools = true, Price = price, Quality = 0.9 };

    public static ModelRef Ref(string name) => new(name.Split(':')[0], name.Split(':')[1]);

    public ValueTask<ModelSnapshot> GetAsync(CancellationToken cancellationToken) => new(new ModelSnapshot([.. Models], Health) { PriceTableVersion = PriceTableVersion });

    public IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, CancellationToken cancellationToken)
    {
        _sent.Enqueue(request);
        return Script(request.Value, cancellationToken);
    }

    public ModelInfo? Describe(string provider, string? model) => Models.Find(known => known.Ref.Provider == provider);

    public IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, ProviderCredential credential, CancellationToken cancellationToken) =>
        StreamAsync(request, cancellationToken);

    public static ModelScript Says(string text) => (request, _) => Stream([.. text.Chunk(4).Select(part => new ModelUpdate.TextDelta(new(part))), End(request, "stop")]);

    public static ModelScript Calls(params (string Name, string Arguments)[] calls) => (request, _) => Stream(
        [.. calls.Select((call, index) => new ModelUpdate.ToolCallRequested(new($"c{Turn(request)}_{index}", call.Name, call.Arguments))), End(request, "tool_calls")]);

    /// <summary>Asks for calls under the ids that they have.</summary>
    public static ModelScript Asks(IReadOnlyList<ToolCall> calls) => (request, _) => Stream([.. calls.Select(static call => new ModelUpdate.ToolCallRequested(call)), End(request, "tool_calls")]);

    public static ModelScript Fails(ProviderFault fault, string text = "") => (request, _) => Breaks(request, fault, text);

    /// <summary>Says a part, then waits until it is cancelled.</summary>
    public static ModelScript Hangs(string text, TaskCompletionSource reached) => (_, cancellationToken) => HangAsync(text, reached, cancellationToken);

    /// <summary>One script a turn, found by how often the model has spoken: the same after a restart.</summary>
    public static ModelScript ByTurn(params ModelScript[] scripts) => (request, cancellationToken) => scripts[Turn(request)](request, cancellationToken);

    public static int Turn(ModelRequest request) => request.Messages.Count(message => message.Role == MessageRole.Assistant);

    private static ModelUpdate.Finished End(ModelRequest request, string reason) => new(reason, new(10, 5), request.Model.Model);

    private static async IAsyncEnumerable<ModelUpdate> Stream(IEnumerable<ModelUpdate> updates)
    {
        foreach (ModelUpdate update in updates)
            yield return update;
        await Task.CompletedTask;
    }

    private static async IAsyncEnumerable<ModelUpdate> Breaks(ModelRequest request, ProviderFault fault, string text)
    {
        if (text.Length > 0)
            yield return new ModelUpdate.TextDelta(text);
        await Task.CompletedTask;
        throw new ProviderException(request.Model, fault, "scripted") { StatusCode = 503, RequestId = "req_1" };
    }

    private static async IAsyncEnumerable<ModelUpdate> HangAsync(string text, TaskCompletionSource reached, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (text.Length > 0)
            yield return new ModelUpdate.TextDelta(text);
        reached.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
