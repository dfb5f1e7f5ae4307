using System.Text.Json;
using HybridAgents.Core.Runs;

namespace HybridAgents.Cli.Client;

/// <summary>An event as it came over the wire.</summary>
/// <param name="Sequence">1-based, without gaps.</param>
/// <param name="Type">One of <see cref="RunEventTypes"/>, or a newer one.</param>
/// <param name="Json">The whole event, with the type's own fields.</param>
internal sealed record StreamedEvent(long Sequence, string Type, JsonElement Json)
{
    public bool IsTerminal => RunEventTypes.IsTerminal(Type);

    /// <summary>Reads an event; null if <paramref name="json"/> is none.</summary>
    public static StreamedEvent? From(JsonElement json) =>
        json.Integer("sequence") is { } sequence && json.Text("type") is { } type ? new(sequence, type, json) : null;
}
