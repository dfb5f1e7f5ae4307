using System.Text.RegularExpressions;
using HybridAgents.Providers.AzureOpenAI;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers.Configuration;

/// <summary>Puts what an administrator set over what is configured.</summary>
/// <param name="options">What is configured.</param>
/// <param name="secrets">Finds keys by reference.</param>
/// <param name="azure">Says what this host can serve of Azure OpenAI.</param>
internal sealed partial class ProviderMerge(IOptions<ProvidersOptions> options, SecretReferences secrets, IAzureOpenAIConnector azure)
{
    /// <summary>Every provider: the configured ones, changed where an override says so, then those with names of their own.</summary>
    /// <param name="overrides">At most one for each name.</param>
    /// <param name="refused">Told of every override that this host cannot serve: its provider is off.</param>
    public IReadOnlyList<ProviderSettings> Merge(IReadOnlyList<ProviderOverride> overrides, Action<ProviderOverride, OverrideFault> refused)
    {
        List<ProviderSettings> merged = [.. options.Value.Providers];
        foreach (ProviderOverride change in overrides)
        {
            List<OverrideFault> faults = [];
            if (Merge(change, faults) is not { } settings)
            {
                refused(change, faults[0]);
                continue;
            }

            if (faults.Count > 0)
            {
                refused(change, faults[0]);
                settings = settings with { Enabled = false };
            }

            int place = merged.FindIndex(known => known.Name == settings.Name);
            if (place < 0)
                merged.Add(settings);
            else
                merged[place] = settings;
        }

        return merged;
    }

    /// <summary>One provider with its override.</summary>
    /// <param name="change">The override.</param>
    /// <param name="faults">Gets what is wrong with it.</param>
    /// <returns>Null if nobody can tell what kind of provider it is.</returns>
    public ProviderSettings? Merge(ProviderOverride change, List<OverrideFault> faults)
    {
        if (BaseOf(change, faults) is not { } known)
            return null;
        bool moved = change.Endpoint is not null && change.Endpoint != known.Endpoint;
        ProviderSettings settings = known with
        {
            Enabled = change.Enabled ?? known.Enabled,
            Endpoint = change.Endpoint ?? known.Endpoint,
            ApiKey = change.ApiKeyRef is { } reference ? Secret(reference, faults) : moved ? null : known.ApiKey,
            Organization = change.Organization ?? known.Organization,
            ApiVersion = change.ApiVersion ?? known.ApiVersion,
            Model = change.Model ?? known.Model,
            ModelConfigured = change.Model is not null || known.ModelConfigured,
            Configured = true,
            Weight = change.Weight ?? known.Weight,
            Split = change.Split ?? known.Split,
            MaxConcurrency = change.MaxConcurrency ?? known.MaxConcurrency,
            Trusted = change.Trusted ?? known.Trusted,
            Think = change.Think ?? known.Think,
            KeepAlive = change.KeepAlive ?? known.KeepAlive,
        };
        if (!ProviderSettings.IsEndpoint(settings.Endpoint))
            faults.Add(new("endpoint", "must be an absolute http:// or https:// address without password and query"));
        if (settings is { Enabled: true, Kind.Dialect: ProviderDialect.AzureOpenAI })
            CheckAzure(settings, known, faults);
        return settings;
    }

    private ProviderSettings? BaseOf(ProviderOverride change, List<OverrideFault> faults)
    {
        string kinds = string.Join(", ", ProviderKinds.All.Where(static kind => kind.Dialect != ProviderDialect.Offline).Select(static kind => kind.Name));
        if (options.Value.Providers.FirstOrDefault(known => known.Name == change.Name) is { } configured)
        {
            if (change.Kind is not null && change.Kind != configured.Name)
                faults.Add(new("kind", $"must be {configured.Name}, or be left out: the name is that kind's"));
            return configured;
        }

        if (!Names().IsMatch(change.Name))
            faults.Add(new("name", "must be 1 to 32 of a-z, 0-9, - and _, beginning with a letter"));
        else if (ProviderKinds.All.FirstOrDefault(kind => kind.Name == change.Kind) is { Dialect: not ProviderDialect.Offline } kind)
            return new() { Name = change.Name, KindName = kind.Name, Endpoint = new(kind.Endpoint), Model = kind.Model };
        else
            faults.Add(new("kind", $"must be one of: {kinds}"));
        return null;
    }

    private string? Secret(string reference, List<OverrideFault> faults)
    {
        if (!SecretReferences.IsAllowed(reference))
            faults.Add(new("api_key_ref", $"must be {SecretReferences.Allowed}"));
        else if (secrets.Find(reference) is { } secret)
            return secret;
        else
            faults.Add(new("api_key_ref", "names nothing: this host's configuration has no such key"));
        return null;
    }

    private void CheckAzure(ProviderSettings settings, ProviderSettings known, List<OverrideFault> faults)
    {
        if (settings.Endpoint == known.Endpoint && !known.Configured)
            faults.Add(new("endpoint", "is required: the resource's address"));
        else if (settings.Model.Length == 0)
            faults.Add(new("model", "is required: the name of a deployment"));
        else if (azure.Refuse(settings) is { } refusal)
            faults.Add(new("api_key_ref", refusal));
    }

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,31}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
