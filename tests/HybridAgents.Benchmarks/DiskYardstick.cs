using System.Diagnostics;
using System.Globalization;

namespace HybridAgents.Benchmarks;

/// <summary>What the disk itself takes, so that the engine's share of a latency can be told.</summary>
internal static class DiskYardstick
{
    private const int Count = 300;

    /// <summary>Median and 99th percentile of one fsync.</summary>
    public static string Measure(string folder)
    {
        double[] samples = Sample(folder);
        return string.Create(CultureInfo.InvariantCulture, $"p50 {Samples.Percentile(samples, 0.5):F3} ms, p99 {Samples.Percentile(samples, 0.99):F3} ms");
    }

    /// <summary>Milliseconds of each fsync.</summary>
    public static double[] Sample(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "yardstick");
        byte[] block = new byte[4096];
        Random.Shared.NextBytes(block);
        double[] samples = new double[Count];
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, preallocationSize: Count * block.Length))
        {
            for (int index = 0; index < Count; index++)
            {
                long start = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, (long)index * block.Length);
                RandomAccess.FlushToDisk(file);
                samples[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        File.Delete(path);
        return samples;
    }
}
