using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Reads what went wrong below a provider's protocol: connections, time-outs of the connection, text that does not parse.</summary>
internal static class TransportFaults
{
    private const int MaxMessageLength = 500;

    /// <summary>The failure as ours; null when it is none of the known ones.</summary>
    /// <param name="model">The model that was called; any name where no model is involved.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="answered">Whether part of the answer had come.</param>
    public static ProviderException? Translate(ModelRef model, Exception error, bool answered) => error switch
    {
        ProviderException fault => fault,
        OperationCanceledException { InnerException: TimeoutException } => new(model, ProviderFault.Timeout, "The provider did not accept a connection in time.", error),
        HttpRequestException when answered => new(model, ProviderFault.StreamBroken, Bounded(error.Message), error),
        HttpRequestException => new(model, ProviderFault.Unreachable, Bounded(error.Message) + SettingOf(model), error),
        // Thrown while the body is read; whatever breaks before the headers is an HttpRequestException.
        IOException => new(model, ProviderFault.StreamBroken, Bounded(error.Message), error),
        JsonException => new(model, ProviderFault.Malformed, "The answer is not valid JSON.", error),
        _ => null,
    };

    /// <summary>Where a person puts it right; nothing for a provider that is not one of the settings.</summary>
    private static string SettingOf(ModelRef model) =>
        ProviderKinds.All.FirstOrDefault(kind => kind.Name == model.Provider) is { } kind ? $"; Providers:{kind.Section}:Endpoint says where it is" : "";

    /// <summary>Text of a provider, short enough for messages and logs.</summary>
    public static string Bounded(string text) => text.Length <= MaxMessageLength ? text : text[..MaxMessageLength] + "…";
}
