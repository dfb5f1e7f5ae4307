using System.Text.Json;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.System.Tests.Support;

/// <summary>Watches a run as a client does that never gives up: after each lost connection it goes on behind the last event that it saw.</summary>
internal sealed class Watcher
{
    private readonly List<JsonElement> _events = [];
    private readonly List<(string Type, TaskCompletionSource<JsonElement> Found)> _waiting = [];

    /// <param name="host">The host, which may die and come back.</param>
    /// <param name="runId">The run.</param>
    /// <param name="seen">Told of every event as it comes.</param>
    public Watcher(TestHost host, string runId, Action<JsonElement>? seen = null) => Completion = WatchAsync(host, runId, seen);

    /// <summary>Gets all events, once the terminal one has come; fails if one was missing or came twice.</summary>
    public Task<IReadOnlyList<JsonElement>> Completion { get; }

    /// <summary>Waits for the first event of a type.</summary>
    public async Task<JsonElement> FirstAsync(string type)
    {
        Task<JsonElement> found;
        lock (_events)
        {
            foreach (JsonElement item in _events)
            {
                if (item.Type() == type)
                    return item;
            }

            TaskCompletionSource<JsonElement> waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((type, waiter));
            found = waiter.Task;
        }

        if (await Task.WhenAny(found, Completion).WaitAsync(Waits.Limit) != found)
            throw new InvalidOperationException($"The run ended without {type}: {string.Join(" ", (await Completion).Select(item => item.Type()))}");
        return await found;
    }

    private async Task<IReadOnlyList<JsonElement>> WatchAsync(TestHost host, string runId, Action<JsonElement>? seen)
    {
        while (true)
        {
            RunClient client = await host.Client;
            try
            {
                await foreach (JsonElement item in client.WatchAsync(runId, _events.Count))
                {
                    Add(item);
                    seen?.Invoke(item);
                    if (item.Type() is "run.completed" or "run.failed" or "run.cancelled")
                        return _events;
                }
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException)
            {
                // The host has died; the next one knows what comes next.
            }
        }
    }

    private void Add(JsonElement item)
    {
        lock (_events)
        {
            item.Sequence().ShouldBe(_events.Count + 1, "a gap or a duplicate in the events");
            _events.Add(item);
            foreach ((string type, TaskCompletionSource<JsonElement> found) in _waiting)
            {
                if (type == item.Type())
                    found.TrySetResult(item);
            }
        }
    }
}
