using System.Diagnostics;
using System.Globalization;
using System.Text;
using HybridAgents.Benchmarks.Runs;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Benchmarks.Knowledge;

/// <summary>Searching 10,000 pieces of uploaded documents, by words alone and by words and vectors: ranking, and the passages read from the tables.</summary>
internal static class SearchBenchmark
{
    private const int Documents = 500;
    private const int SectionsOfADocument = 20;
    private const int WordsOfASection = 120;
    private const int Vocabulary = 20_000;
    private const int Searches = 2_000;
    private const string Tenant = "default";

    public static async Task<Section> RunAsync(BenchmarkSetup setup) => new(
        "Search in documents", ["search by", "documents", "pieces", "upload, s", "searches", "p50, ms", "p95, ms", "p99, ms"],
        [await RunAsync(setup, null), await RunAsync(setup, new InstantEmbedder())],
        "Queries of three words, 10 results, one caller. Words are drawn so that a few are frequent and most are rare, as in a language; vectors are random, of 768 dimensions, and their model takes no time. The target is a p95 of 50 ms.");

    private static async Task<string[]> RunAsync(BenchmarkSetup setup, InstantEmbedder? embedder)
    {
        await using RunBench bench = await RunBench.StartAsync(setup, new InstantModel(0, 1), embedder);
        IDocumentStore store = bench.Get<IDocumentStore>();
        Random random = new(1);
        int pieces = 0;
        long begun = Stopwatch.GetTimestamp();
        for (int number = 0; number < Documents; number++)
            pieces += (await store.AddAsync(Tenant, DocumentText.OfText(Write(random)), PrivacyLabel.Standard, CancellationToken.None))!.Chunks;
        double upload = Stopwatch.GetElapsedTime(begun).TotalSeconds;

        while (embedder is not null && (await store.ListAsync(Tenant, CancellationToken.None)).Any(static document => document.EmbeddingModel is null))
            await Task.Delay(100);
        List<double> times = new(Searches);
        for (int number = 0; number < Searches; number++)
        {
            string query = $"{Word(random)} {Word(random)} {Word(random)}";
            long from = Stopwatch.GetTimestamp();
            await store.SearchAsync(Tenant, new(query, 10), CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        return
        [
            embedder is null ? "words" : "words and vectors", Show(Documents), Show(pieces), Show(upload, "N1"), Show(Searches),
            Show(Samples.Percentile(times, 0.5), "N2"), Show(Samples.Percentile(times, 0.95), "N2"), Show(Samples.Percentile(times, 0.99), "N2"),
        ];
    }

    private static string Show(double value, string format = "N0") => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Write(Random random)
    {
        StringBuilder text = new();
        for (int section = 0; section < SectionsOfADocument; section++)
        {
            text.Append("# ").Append(Word(random)).Append("\n\n");
            for (int word = 0; word < WordsOfASection; word++)
                text.Append(Word(random)).Append(' ');
            text.Append("\n\n");
        }

        return text.ToString();
    }

    /// <summary>The frequency of a word falls with its rank.</summary>
    private static string Word(Random random) => $"w{(int)Math.Pow(Vocabulary, random.NextDouble())}";
}
