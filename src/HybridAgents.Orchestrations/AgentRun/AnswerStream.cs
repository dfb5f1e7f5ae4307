using System.Text;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>One attempt at an answer: collects the stream and writes its text to the event log in batches of 100 ms or 2 KB, whichever is first.</summary>
internal sealed class AnswerStream(StepExecution step, string messageId, int attempt, TimeProvider time)
{
    /// <summary>The longest answer that is stored; a longer one ends as if the model had reached its limit.</summary>
    public const int MaxCharacters = 256 * 1024;

    private const int FlushCharacters = 2 * 1024;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    private readonly StringBuilder _text = new();
    private int _written;
    private int _index;
    private long _pendingSince;

    public string Text => _text.ToString();

    public List<ToolCall> Calls { get; } = [];

    /// <summary>Gets the end of the stream; null while it is open or after it broke.</summary>
    public ModelUpdate.Finished? End { get; private set; }

    private bool HasPending => _text.Length > _written;

    private TimeSpan UntilFlush => FlushInterval - time.GetElapsedTime(_pendingSince);

    /// <summary>Reads the stream to its end.</summary>
    /// <exception cref="ProviderException">The call failed, or the stream just stopped.</exception>
    public async Task ReadAsync(ModelRef model, IAsyncEnumerable<ModelUpdate> updates, CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<ModelUpdate> stream = updates.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(stream))
        {
            switch (stream.Current)
            {
                case ModelUpdate.TextDelta delta:
                    Add(delta.Text);
                    if (_text.Length >= MaxCharacters)
                    {
                        End = new("length", new(0, TokenEstimator.Estimate(Text), Estimated: true), model.Model);
                        return;
                    }

                    if (_text.Length - _written >= FlushCharacters || UntilFlush <= TimeSpan.Zero)
                        await FlushAsync();
                    break;
                case ModelUpdate.ToolCallRequested requested:
                    Calls.Add(requested.Call);
                    break;
                case ModelUpdate.Finished finished:
                    End = finished;
                    return;
            }
        }

        throw new ProviderException(model, ProviderFault.StreamBroken, "The stream ended without a finish reason.");
    }

    /// <summary>The text that is not in the log yet, for the batch that ends the step; null if there is none.</summary>
    public EventDraft? TakePending()
    {
        if (!HasPending)
            return null;
        EventDraft delta = Delta(_text.ToString(_written, _text.Length - _written));
        _written = _text.Length;
        _index++;
        return delta;
    }

    private void Add(string text)
    {
        if (!HasPending)
            _pendingSince = time.GetTimestamp();
        _text.Append(text);
    }

    /// <summary>Waits for the next update, and meanwhile writes what has waited long enough.</summary>
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ModelUpdate> stream)
    {
        ValueTask<bool> next = stream.MoveNextAsync();
        if (next.IsCompleted || !HasPending)
            return await next;
        Task<bool> arriving = next.AsTask();
        using CancellationTokenSource arrived = new();
        TimeSpan wait = UntilFlush;
        if (await Task.WhenAny(arriving, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, arrived.Token)) == arriving)
            await arrived.CancelAsync();
        else
            await FlushAsync(arriving);
        return await arriving;
    }

    /// <summary>Writes the pending text. If that is refused, the stream is let go first: a stream must not be disposed while it is read.</summary>
    private async Task FlushAsync(Task<bool>? arriving = null)
    {
        EventDraft delta = TakePending()!;
        try
        {
            await step.WriteAsync(new StepWrite(step.Patch().Set(StepRow.StreamedName, _written), delta));
        }
        catch (FencedException) when (arriving is not null)
        {
            await Task.WhenAny(arriving);
            throw;
        }
    }

    private EventDraft Delta(string text) => new(RunEventTypes.MessageDelta, new { message_id = messageId, attempt, index = _index, delta = text });
}
