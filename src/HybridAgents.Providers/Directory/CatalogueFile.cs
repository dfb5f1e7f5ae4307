using HybridAgents.Core.Models;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Providers.Directory;

/// <summary>The operator's catalogue in a file, looked at again at most every 2 s. A file that is wrong is as if it had not been changed, and the log says what is wrong. Safe for concurrent use.</summary>
/// <param name="path">The file; null for none. It need not be there.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of changes, and of what is wrong with them.</param>
public sealed partial class CatalogueFile(string? path, TimeProvider time, ILogger<CatalogueFile> logger)
{
    private const long MaxBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private volatile Catalogue _now = Catalogue.Empty;
    private (DateTime Written, long Length) _seen;
    private long? _lookedAt;

    /// <summary>Gets the version of the prices that costs are reckoned with.</summary>
    public string PriceTableVersion => _now.PriceTableVersion ?? ModelCatalogue.PriceTableVersion;

    /// <summary>The model with what the operator says of it.</summary>
    public ModelInfo Over(ModelInfo model)
    {
        foreach (ModelOverride entry in _now.Models)
        {
            if (entry.IsFor(model.Ref))
                return entry.Over(model);
        }

        return model;
    }

    /// <summary>Reads the file if it has changed; whether it has.</summary>
    public bool Refresh()
    {
        if (path is null)
            return false;
        lock (_lock)
        {
            if (_lookedAt is { } last && time.GetElapsedTime(last) < Interval)
                return false;
            _lookedAt = time.GetTimestamp();
            return Read();
        }
    }

    private bool Read()
    {
        try
        {
            FileInfo file = new(path!);
            (DateTime, long) look = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (look == _seen)
                return false;
            _seen = look;
            if (file.Exists && file.Length > MaxBytes)
                throw new FormatException($"it is larger than {MaxBytes} bytes");
            _now = file.Exists ? CatalogueReader.Read(File.ReadAllBytes(path!)) : Catalogue.Empty;
            LogRead(path!, _now.Models.Count, PriceTableVersion);
            return true;
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            LogRefused(path!, error.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 3105, Level = LogLevel.Information, Message = "The catalogue {Path} has {Count} models; prices are those of {Version}")]
    private partial void LogRead(string path, int count, string version);

    [LoggerMessage(EventId = 3106, Level = LogLevel.Warning, Message = "The catalogue {Path} is not taken over: {Reason}")]
    private partial void LogRefused(string path, string reason);
}
