using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Durable;

/// <summary>The orchestrators and activities that a host can run, by name. Names outlive class names: they are stored.</summary>
public sealed class DurableRegistry
{
    private readonly Dictionary<(string Name, string Version), Func<IOrchestrator>> _orchestrators = [];
    private readonly Dictionary<string, string> _newest = [];
    private readonly Dictionary<string, Func<IServiceProvider, IActivity>> _activities = [];

    /// <summary>Gets the registered orchestrators.</summary>
    public IReadOnlyCollection<(string Name, string Version)> Orchestrators => _orchestrators.Keys;

    /// <summary>Gets the names of the registered activities.</summary>
    public IReadOnlyCollection<string> Activities => _activities.Keys;

    /// <summary>Registers a version of an orchestrator; the version registered last is the one that new instances take.</summary>
    /// <exception cref="ArgumentException">Name and version are registered already.</exception>
    public DurableRegistry AddOrchestrator<T>(string name, string version = "1") where T : IOrchestrator, new() => AddOrchestrator(name, version, () => new T());

    /// <summary>Registers a version of an orchestrator made by <paramref name="create"/>.</summary>
    public DurableRegistry AddOrchestrator(string name, string version, Func<IOrchestrator> create)
    {
        _orchestrators.Add((name, version), create);
        _newest[name] = version;
        return this;
    }

    /// <summary>Registers an activity whose class takes its services by constructor.</summary>
    /// <exception cref="ArgumentException">The name is registered already.</exception>
    public DurableRegistry AddActivity<T>(string name) where T : IActivity
    {
        Lazy<ObjectFactory<T>> factory = new(static () => ActivatorUtilities.CreateFactory<T>([])); // Compiles an expression: not at every start for every activity.
        return AddActivity(name, services => factory.Value(services, null));
    }

    /// <summary>Registers an activity made by <paramref name="create"/> from the services of its scope.</summary>
    public DurableRegistry AddActivity(string name, Func<IServiceProvider, IActivity> create)
    {
        _activities.Add(name, create);
        return this;
    }

    /// <summary>The version that a new instance takes; null if no version of that name is registered.</summary>
    public string? NewestVersion(string name) => _newest.GetValueOrDefault(name);

    /// <summary>Makes an orchestrator; null if that version is not registered.</summary>
    public IOrchestrator? CreateOrchestrator(string name, string version) => _orchestrators.GetValueOrDefault((name, version))?.Invoke();

    /// <summary>Makes an activity; null if the name is not registered.</summary>
    public IActivity? CreateActivity(string name, IServiceProvider services) => _activities.GetValueOrDefault(name)?.Invoke(services);
}
