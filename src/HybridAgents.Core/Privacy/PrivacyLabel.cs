using System.Text.Json.Serialization;

namespace HybridAgents.Core.Privacy;

/// <summary>How far a text may travel. Labels are ordered, and a run's label is only ever raised.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PrivacyLabel>))]
public enum PrivacyLabel
{
    /// <summary>May go to any model.</summary>
    Standard,

    /// <summary>Stays local, unless the caller has consented to the cloud for this run and no administrator forbids it.</summary>
    Private,

    /// <summary>Stays local, always.</summary>
    LocalOnly,
}

/// <summary>Where a model, tool or endpoint runs, seen from the data.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<Locality>))]
public enum Locality
{
    /// <summary>Outside: the default for everything that is not proven local.</summary>
    Cloud,

    /// <summary>On this machine, or trusted by configuration.</summary>
    Local,
}

/// <summary>Where something is about to be sent.</summary>
/// <param name="Name">Such as <c>openai:gpt-4o</c> or <c>tool:http_fetch</c>.</param>
/// <param name="Locality">Where that is.</param>
public readonly record struct Destination(string Name, Locality Locality);
