using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace HybridAgents.Providers.Configuration;

/// <summary>Reads typed values; what is wrong is collected as sentences that name the key, the value and what is allowed.</summary>
/// <param name="configuration">Where values come from.</param>
internal sealed class ConfigurationReader(IConfiguration configuration)
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public string? Text(string key) => string.IsNullOrWhiteSpace(configuration[key]) ? null : configuration[key]!.Trim();

    public bool Flag(string key, bool fallback) => Text(key) switch
    {
        null => fallback,
        string text when bool.TryParse(text, out bool value) => value,
        string text => Refuse(key, text, "true or false", fallback),
    };

    public string? Word(string key, params string[] allowed) => Text(key) switch
    {
        null => null,
        string text when allowed.Contains(text, StringComparer.OrdinalIgnoreCase) => text,
        string text => Refuse<string?>(key, text, string.Join(", ", allowed), null),
    };

    public int Whole(string key, int fallback, int least, int most) => Text(key) switch
    {
        null => fallback,
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most => value,
        string text => Refuse(key, text, $"a whole number from {least} to {most}", fallback),
    };

    public double Number(string key, double fallback, double least, double most) => Text(key) switch
    {
        null => fallback,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most => value,
        string text => Refuse(key, text, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), fallback),
    };

    public TimeSpan Seconds(string key, double fallback, double least, double most) => TimeSpan.FromSeconds(Number(key, fallback, least, most));

    public Uri Address(string key, Uri fallback) => Text(key) switch
    {
        null => fallback,
        string text when Uri.TryCreate(text, UriKind.Absolute, out Uri? value) && ProviderSettings.IsEndpoint(value) => value,
        string text => Refuse(key, text.Contains('@', StringComparison.Ordinal) ? "***" : text, "an absolute http:// or https:// address without password and query", fallback),
    };

    public void Missing(string key, string allowed) => _failures.Add($"{key} is missing; it must be {allowed}.");

    private T Refuse<T>(string key, string value, string allowed, T fallback)
    {
        _failures.Add($"{key} is '{value}'; allowed is {allowed}.");
        return fallback;
    }
}
