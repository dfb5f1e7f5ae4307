using System.Text.Encodings.Web;
using System.Text.Json;

namespace HybridAgents.Cli.Output;

/// <summary>Documents of the server as JSON for programs.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document over several lines.</summary>
    public static void WriteDocument(TextWriter output, JsonElement json) => output.WriteLine(SafeText.ForJson(JsonSerializer.Serialize(json, Indented)));

    /// <summary>Writes a document on one line.</summary>
    public static void WriteLine(TextWriter output, JsonElement json) => output.WriteLine(SafeText.ForJson(JsonSerializer.Serialize(json, OneLine)));
}
