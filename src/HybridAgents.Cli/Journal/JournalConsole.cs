using System.CommandLine;
using System.Text.Json;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Cli.Journal;

/// <summary>What the journal's commands take from the program around them.</summary>
/// <param name="Data">The data folder that the command line names.</param>
/// <param name="Json">Whether output is for programs.</param>
/// <param name="Output">Where answers go.</param>
/// <param name="Note">Shows a line beside the output.</param>
internal sealed record JournalConsole(Func<ParseResult, string> Data, Func<ParseResult, bool> Json, TextWriter Output, Action<string> Note)
{
    // The numbers that `hybrid --help` lists.
    public const int Ok = 0;
    public const int Failure = 1;
    public const int NotFound = 4;
    public const int Unavailable = 5;

    // The default encoder escapes everything but plain ASCII: what users wrote cannot move a terminal's cursor.
    private static readonly JsonSerializerOptions JsonLine = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Writes a value as one line of JSON.</summary>
    public void WriteJson<T>(T value) => Output.WriteLine(JsonSerializer.Serialize(value, JsonLine));

    /// <summary>Does the work on the data folder, and turns what it may meet there into a line and an exit code.</summary>
    public int Run(ParseResult parsed, Func<string, int> work)
    {
        try
        {
            return work(Data(parsed));
        }
        catch (DirectoryNotFoundException error)
        {
            return End(NotFound, error);
        }
        catch (Exception error) when (error is JournalCorruptException or JournalVersionException or UnauthorizedAccessException)
        {
            return End(Failure, error);
        }
        catch (IOException error)
        {
            return End(Unavailable, error);
        }
    }

    private int End(int exitCode, Exception error)
    {
        Note($"hybrid: {error.Message}");
        return exitCode;
    }
}
