using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace HybridAgents.Cli.Client;

/// <summary>One connection's events, read line by line.</summary>
internal sealed class EventStream(HttpResponseMessage response, PipeReader input) : IDisposable
{
    /// <summary>The longest line that is taken, in bytes: far above what a server writes.</summary>
    private const int MaxLine = 4 * 1024 * 1024;

    public static async Task<EventStream> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new(response, PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken)));

    /// <summary>The next line's event; null for a blank line, which is a sign of life.</summary>
    /// <exception cref="IOException">The stream ended, was cut, or does not hold events.</exception>
    public async ValueTask<StreamedEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                StreamedEvent? found = Parse(read.Buffer.Slice(0, end));
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return found;
            }

            if (read.IsCompleted)
                throw new IOException("the stream of events ended early");
            if (read.Buffer.Length > MaxLine)
                throw new IOException($"an event is longer than {MaxLine} bytes");
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Dispose()
    {
        input.Complete();
        response.Dispose();
    }

    private static StreamedEvent? Parse(ReadOnlySequence<byte> line)
    {
        if (line.Length == 0 || (line.Length == 1 && line.FirstSpan[0] == '\r'))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return StreamedEvent.From(document.RootElement.Clone()) ?? throw new IOException("the stream holds something that is no event");
        }
        catch (JsonException)
        {
            throw new IOException("an event is not JSON");
        }
    }
}
