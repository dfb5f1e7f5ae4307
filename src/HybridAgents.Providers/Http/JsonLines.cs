using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HybridAgents.Providers.Http;

/// <summary>Reads newline-delimited JSON, each line bounded, cut wherever the network cuts it.</summary>
internal static class JsonLines
{
    private const int MaxLineBytes = 4 * 1024 * 1024;

    /// <exception cref="JsonException">A line is not valid JSON, or is longer than 4 MiB.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellationToken);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    if (Parse(rest.Slice(0, end), type) is { } line)
                        yield return line;
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                if (rest.Length > MaxLineBytes)
                    throw new JsonException($"A line is longer than {MaxLineBytes} bytes.");
                if (read.IsCompleted && Parse(rest, type) is { } last)
                    yield return last;
                reader.AdvanceTo(read.IsCompleted ? read.Buffer.End : rest.Start, read.Buffer.End);
                if (read.IsCompleted)
                    yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static T? Parse<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        Utf8JsonReader reader = new(line);
        return IsBlank(line) ? default : JsonSerializer.Deserialize(ref reader, type);
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (ReadOnlyMemory<byte> part in line)
        {
            if (part.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
                return false;
        }

        return true;
    }
}
