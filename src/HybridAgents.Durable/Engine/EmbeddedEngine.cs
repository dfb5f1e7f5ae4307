using System.ComponentModel.DataAnnotations;
using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Scheduling;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Journal.Tools;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine;

/// <summary>The durable engine in this process: orchestrations and tables on one journal in one folder.</summary>
/// <remarks>One process per folder. Client and tables may be handed out before the start, and used from the start to the stop.</remarks>
public sealed class EmbeddedEngine : IAsyncDisposable
{
    private readonly EmbeddedEngineOptions _options;
    private readonly DurableRegistry _registry;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly TaskCompletionSource<EngineRuntime> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EmbeddedTableStore _tables;
    private Journal.Journal? _journal;
    private EngineRuntime? _runtime;
    private bool _stopped;

    /// <exception cref="ValidationException">A setting is out of its range.</exception>
    public EmbeddedEngine(EmbeddedEngineOptions options, DurableRegistry registry, IServiceScopeFactory scopes, TimeProvider time, ILoggerFactory loggers)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        (_options, _registry, _scopes, _time, _loggers) = (options, registry, scopes, time, loggers);
        _tables = new(time, options.TableCacheBytes);
        Client = new EmbeddedDurableClient(this, options);
    }

    /// <summary>Gets the client.</summary>
    public IDurableClient Client { get; }

    /// <summary>Gets the tables.</summary>
    public ITableStore Tables => _tables;

    /// <summary>Gets why new work is refused now (the disk is full, a queue is full, the engine is not running), or null.</summary>
    public string? RefusalReason => _runtime is { } runtime ? runtime.RefusalReason : "The engine has not started.";

    /// <summary>Gets the files of the journal where they are not those of the data folder: a simulated disk.</summary>
    internal IJournalFiles? Files { get; init; }

    /// <summary>Gets the running parts.</summary>
    /// <exception cref="InvalidOperationException">The engine has not started.</exception>
    internal EngineRuntime Runtime => _runtime ?? throw new InvalidOperationException("The engine has not started.");

    /// <summary>Opens the folder, recovers, and goes on with everything unfinished.</summary>
    /// <exception cref="IOException">Another process has the folder, or the disk fails.</exception>
    /// <exception cref="Journal.JournalCorruptException">The journal is damaged.</exception>
    /// <exception cref="Journal.JournalVersionException">The journal was written in a format that this build does not read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_journal is not null)
            throw new InvalidOperationException("The engine has been started before.");
        InstanceStore instances = new()
        {
            Relocator = async instance => await (await _started.Task).SendAsync(ShardCommand.Relocate, instance),
        };
        ILogger logger = _loggers.CreateLogger("HybridAgents.Durable.Journal");
        _journal = await (Files is { } files
            ? Journal.Journal.OpenAsync(_options.Journal, files, [instances, _tables], _time, logger, cancellationToken)
            : Journal.Journal.OpenAsync(_options.Journal, [instances, _tables], _time, logger, cancellationToken));
        _tables.Attach(_journal);
        _runtime = new(_options, _journal, instances, _registry, _scopes, _time, _loggers);
        _runtime.Start();
        _started.SetResult(_runtime);
    }

    /// <summary>Copies the state to a new folder while the engine runs: at least everything acknowledged before the call.</summary>
    /// <param name="folder">A folder that does not exist; it has its name only once the copy is complete, verified and on disk. To restore, start an engine on it.</param>
    /// <param name="cancellationToken">Ends the copying and removes what there is of it.</param>
    /// <remarks>Work goes on meanwhile; checkpoints and compaction wait. An engine started on the backup runs unfinished activities again, as after a crash.</remarks>
    /// <exception cref="InvalidOperationException">The engine has not started.</exception>
    /// <exception cref="IOException">The folder exists, or a disk fails.</exception>
    /// <exception cref="Journal.JournalCorruptException">The journal is damaged.</exception>
    /// <exception cref="Journal.JournalStoppedException">The journal has failed.</exception>
    public Task<JournalBackup> BackupAsync(string folder, CancellationToken cancellationToken = default) =>
        _runtime is null || _journal is null ? throw new InvalidOperationException("The engine has not started.") : _journal.BackupAsync(folder, cancellationToken);

    /// <summary>Takes no new work, gives running activities the grace period, and closes the journal. A second call does nothing.</summary>
    /// <param name="cancellationToken">Cuts the grace period short; nothing acknowledged is lost by that.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopped, true))
            return;
        if (_runtime is { } runtime)
            await runtime.StopAsync(cancellationToken);
        if (_journal is { } journal)
            await journal.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();
}
