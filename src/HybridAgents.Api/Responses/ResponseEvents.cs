using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Responses;

/// <summary>A run's events as those of a response. They are made of durable events only, in the same way each time, so their numbers are the same for whoever comes back.</summary>
/// <remarks>When the model call is made again after text of it was shown, that text's item ends as <c>incomplete</c>, and the answer begins anew in the next item; the last event has the items that count.</remarks>
/// <param name="runs">Where the events come from.</param>
/// <param name="caller">Who watches.</param>
/// <param name="run">The run, as it was when the stream was asked for.</param>
/// <param name="request">Its request.</param>
internal sealed class ResponseEvents(IAgentRuns runs, RunCaller caller, RunView run, RunRequest request)
{
    private readonly StringBuilder _text = new();
    private long _next;
    private int _index = -1;
    private string? _item;

    /// <summary>Follows the response to its end, after the event of that number.</summary>
    public async IAsyncEnumerable<RunEvent> WatchAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (RunEvent item in AllAsync(cancellationToken))
        {
            if (item.Sequence > after)
                yield return item;
        }
    }

    /// <summary>What every event has.</summary>
    public static void WriteHead(Utf8JsonWriter json, RunEvent item)
    {
        json.WriteString("type", item.Type);
        json.WriteNumber("sequence_number", item.Sequence);
    }

    private async IAsyncEnumerable<RunEvent> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool background = request.Response!.Background;
        yield return Make("response.created", new { response = ResponseView.Begun(run, request, background ? ResponseView.Queued : ResponseView.InProgress) });
        if (background)
            yield return Make("response.queued", new { response = ResponseView.Begun(run, request, ResponseView.Queued) });
        yield return Make("response.in_progress", new { response = ResponseView.Begun(run, request, ResponseView.InProgress) });
        await foreach (RunEvent item in runs.WatchAsync(run.RunId, caller, 0, cancellationToken))
        {
            if (RunEventTypes.IsTerminal(item.Type))
            {
                RunView ended = await runs.GetAsync(run.RunId, caller, cancellationToken) ?? run;
                foreach (RunEvent last in End(ended))
                    yield return last;
                yield break;
            }

            foreach (RunEvent shown in Of(item))
                yield return shown;
        }
    }

    private IEnumerable<RunEvent> Of(RunEvent item)
    {
        if (item.Type == RunEventTypes.MessageDelta)
        {
            if (_item is null)
            {
                foreach (RunEvent opened in Open(ResponseId.Message(run.RunId, item.Data.Integer("attempt") ?? 1)))
                    yield return opened;
            }

            string delta = item.Data.Text("delta") ?? "";
            _text.Append(delta);
            yield return Make("response.output_text.delta", new { item_id = _item, output_index = _index, content_index = 0, delta, logprobs = Array.Empty<object>() });
        }
        else if (item.Type == RunEventTypes.MessageReset)
        {
            foreach (RunEvent closed in Close(ResponseView.Incomplete))
                yield return closed;
        }
    }

    private IEnumerable<RunEvent> Open(string id)
    {
        _item = id;
        _index++;
        _text.Clear();
        yield return Make("response.output_item.added", new { output_index = _index, item = ResponseView.MessageItem(id, ResponseView.InProgress, text: null) });
        yield return Make("response.content_part.added", new { item_id = id, output_index = _index, content_index = 0, part = ResponseView.Part("") });
    }

    private IEnumerable<RunEvent> Close(string status)
    {
        if (_item is not { } id)
            yield break;
        string text = _text.ToString();
        _item = null;
        yield return Make("response.output_text.done", new { item_id = id, output_index = _index, content_index = 0, text, logprobs = Array.Empty<object>() });
        yield return Make("response.content_part.done", new { item_id = id, output_index = _index, content_index = 0, part = ResponseView.Part(text) });
        yield return Make("response.output_item.done", new { output_index = _index, item = ResponseView.MessageItem(id, status, text) });
    }

    private IEnumerable<RunEvent> End(RunView ended)
    {
        ResponseDocument response = ResponseView.Of(ended, request);
        string status = response.Status == ResponseView.Completed ? ResponseView.Completed : ResponseView.Incomplete;
        // An answer without text still has its message.
        if (_item is null && response.Output.OfType<ResponseMessage>().FirstOrDefault() is { } silent)
        {
            foreach (RunEvent opened in Open(silent.Id))
                yield return opened;
        }

        foreach (RunEvent closed in Close(status))
            yield return closed;
        foreach (ResponseCall call in response.Output.OfType<ResponseCall>())
        {
            foreach (RunEvent made in Of(call))
                yield return made;
        }

        // There is no event for a cancelled response: it is one that is not whole.
        yield return Make(response.Status is ResponseView.Completed or "failed" ? $"response.{response.Status}" : "response.incomplete", new { response });
    }

    private IEnumerable<RunEvent> Of(ResponseCall call)
    {
        _index++;
        yield return Make("response.output_item.added", new { output_index = _index, item = call with { Status = ResponseView.InProgress, Arguments = "" } });
        yield return Make("response.function_call_arguments.delta", new { item_id = call.Id, output_index = _index, delta = call.Arguments });
        yield return Make("response.function_call_arguments.done", new { item_id = call.Id, output_index = _index, name = call.Name, arguments = call.Arguments });
        yield return Make("response.output_item.done", new { output_index = _index, item = call });
    }

    private RunEvent Make(string type, object data) => new(_next++, type, run.RunId, default, JsonSerializer.SerializeToElement(data, ApiJson.Options));
}
