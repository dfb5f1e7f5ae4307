using System.Diagnostics.Metrics;

namespace HybridAgents.Durable.Engine;

/// <summary>The engine's gauges, read when somebody looks.</summary>
public static class EngineMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string SourceName = "HybridAgents.Durable";

    /// <summary>Makes the gauges of one engine; they are there until the meter is disposed of.</summary>
    internal static Meter Create(EngineRuntime engine, Func<int> queued)
    {
        Meter meter = new(SourceName);
        meter.CreateObservableGauge("hybridagents.engine.instances", () => engine.Instances.All.Count(), "{instance}", "Instances, ended ones included, until they are purged.");
        meter.CreateObservableGauge("hybridagents.engine.activities.queued", queued, "{activity}", "Activities that wait for a place.");
        meter.CreateObservableGauge("hybridagents.engine.refusing", () => engine.RefusalReason is null ? 0 : 1, null, "1 while no new work is taken.");
        meter.CreateObservableCounter("hybridagents.journal.durable_lsn", () => engine.Journal.DurableLsn, "{record}", "The last record that is on disk.");
        return meter;
    }
}
