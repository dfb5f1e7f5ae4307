using System.Text.Json;
using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Runs;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HybridAgents.Orchestrations.Configuration;

/// <summary>Settings that may change while the host runs: what is stored counts over what is configured. Whoever reads options by their monitor sees a change at once.</summary>
public sealed class RuntimeSettings :
    IPostConfigureOptions<RoutingOptions>, IPostConfigureOptions<RunOptions>, IOptionsChangeTokenSource<RoutingOptions>, IOptionsChangeTokenSource<RunOptions>
{
    public const string ComplexityThreshold = "Routing:ComplexityThreshold";
    public const string AllowedModels = "Routing:AllowedModels";
    public const string Temperature = "Runs:Temperature";
    public const string MaxTokens = "Runs:MaxTokens";

    private volatile State _state = new(new Dictionary<string, JsonElement>(), new());

    /// <summary>Gets the values that are stored, by key.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values => _state.Values;

    string? IOptionsChangeTokenSource<RoutingOptions>.Name => Options.DefaultName;

    string? IOptionsChangeTokenSource<RunOptions>.Name => Options.DefaultName;

    /// <summary>Puts values in force, in place of those before.</summary>
    public void Apply(IReadOnlyDictionary<string, JsonElement> values)
    {
        State before = _state;
        _state = new(values, new());
        before.Replaced.Cancel();
    }

    /// <summary>Lays values over options.</summary>
    public static void Lay(IReadOnlyDictionary<string, JsonElement> values, RoutingOptions options)
    {
        if (values.TryGetValue(ComplexityThreshold, out JsonElement threshold))
            options.ComplexityThreshold = threshold.GetDouble();
        if (values.TryGetValue(AllowedModels, out JsonElement allowed))
            options.AllowedModels = allowed.GetString()!;
    }

    /// <summary>Lays values over options.</summary>
    public static void Lay(IReadOnlyDictionary<string, JsonElement> values, RunOptions options)
    {
        if (values.TryGetValue(Temperature, out JsonElement temperature))
            options.Temperature = temperature.GetDouble();
        if (values.TryGetValue(MaxTokens, out JsonElement tokens))
            options.MaxTokens = tokens.GetInt32();
    }

    void IPostConfigureOptions<RoutingOptions>.PostConfigure(string? name, RoutingOptions options) => Lay(Values, options);

    void IPostConfigureOptions<RunOptions>.PostConfigure(string? name, RunOptions options) => Lay(Values, options);

    IChangeToken IOptionsChangeTokenSource<RoutingOptions>.GetChangeToken() => new CancellationChangeToken(_state.Replaced.Token);

    IChangeToken IOptionsChangeTokenSource<RunOptions>.GetChangeToken() => new CancellationChangeToken(_state.Replaced.Token);

    private sealed record State(IReadOnlyDictionary<string, JsonElement> Values, CancellationTokenSource Replaced);
}
