using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>What is the matter with the disk: full, read-only, slow, or about to fail an fsync.</summary>
internal sealed class DiskWeather(Random random, ManualTimeProvider clock)
{
    private SimulatedFiles _files = new();
    private bool _flushFails;
    private bool _isSlow;

    /// <summary>Another disk is in use; it is well.</summary>
    public void Watch(SimulatedFiles files)
    {
        _files = files;
        Clear();
        files.OnFlush = _ => Flush();
    }

    /// <summary>All is well again.</summary>
    public void Clear() => (_files.IsFull, _files.IsReadOnly, _flushFails, _isSlow) = (false, false, false, false);

    /// <summary>Something else is the matter, or no longer; says what.</summary>
    public string Change()
    {
        switch (random.Next(9))
        {
            case < 4:
                _files.IsFull = !_files.IsFull;
                return _files.IsFull ? "disk full" : "space returned";
            case < 6:
                _files.IsReadOnly = !_files.IsReadOnly;
                return _files.IsReadOnly ? "disk read-only" : "disk writable again";
            case < 8:
                _isSlow = !_isSlow;
                return _isSlow ? "disk slow" : "disk fast again";
            default:
                _flushFails = true;
                return "the next fsync fails";
        }
    }

    private void Flush()
    {
        if (_isSlow)
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(3000))); // Timers fire while the group is on its way.
        if (!_flushFails)
            return;
        _flushFails = false;
        throw new IOException("The disk did not take it.", 5);
    }
}
