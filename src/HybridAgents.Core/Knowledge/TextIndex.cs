namespace HybridAgents.Core.Knowledge;

/// <summary>An inverted index of texts by number, ranked by Okapi BM25 with the usual constants: rare words weigh more, long texts less.</summary>
/// <remarks>A search costs what its words occur, not what is indexed. Not safe for concurrent use while it is changed.</remarks>
internal sealed class TextIndex
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;
    private const int MaxQueryWords = 64;

    private readonly Dictionary<string, List<Posting>> _postings = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _lengths = [];
    private long _words;

    /// <summary>Gets how many texts there are.</summary>
    public int Count => _lengths.Count;

    /// <summary>The words of a query, each once.</summary>
    public static HashSet<string> WordsOf(string query) => [.. Words.Of(query).Distinct(StringComparer.Ordinal).Take(MaxQueryWords)];

    /// <summary>Adds a text under a number that is not in use.</summary>
    public void Add(int id, string text)
    {
        Dictionary<string, int> frequencies = new(StringComparer.Ordinal);
        int length = 0;
        foreach (string word in Words.Of(text))
        {
            frequencies[word] = frequencies.GetValueOrDefault(word) + 1;
            length++;
        }

        foreach ((string word, int frequency) in frequencies)
        {
            if (!_postings.TryGetValue(word, out List<Posting>? list))
                _postings[word] = list = [];
            list.Add(new(id, frequency));
        }

        _lengths.Add(id, length);
        _words += length;
    }

    /// <summary>Removes texts by number and the text that each was added with; unknown ones are ignored.</summary>
    public void Remove(IReadOnlyDictionary<int, string> texts)
    {
        foreach (string word in texts.Values.SelectMany(Words.Of).ToHashSet(StringComparer.Ordinal))
        {
            if (_postings.TryGetValue(word, out List<Posting>? list) && list.RemoveAll(posting => texts.ContainsKey(posting.Id)) > 0 && list.Count == 0)
                _postings.Remove(word);
        }

        foreach (int id in texts.Keys)
        {
            if (_lengths.Remove(id, out int length))
                _words -= length;
        }
    }

    /// <summary>The texts that hold a word of the query, best first, ties by number; at most <paramref name="take"/>.</summary>
    public IReadOnlyList<(int Id, double Score)> Search(string query, int take)
    {
        Dictionary<int, double> scores = [];
        double average = Math.Max(1, (double)_words / Math.Max(1, Count));
        foreach (string word in WordsOf(query))
        {
            if (!_postings.TryGetValue(word, out List<Posting>? list))
                continue;
            double rarity = Math.Log(1 + (Count - list.Count + 0.5) / (list.Count + 0.5));
            foreach (Posting posting in list)
            {
                double share = posting.Frequency * (Saturation + 1) / (posting.Frequency + Saturation * (1 - LengthWeight + LengthWeight * _lengths[posting.Id] / average));
                scores[posting.Id] = scores.GetValueOrDefault(posting.Id) + rarity * share;
            }
        }

        return [.. scores.OrderByDescending(static entry => entry.Value).ThenBy(static entry => entry.Key).Take(take).Select(static entry => (entry.Key, entry.Value))];
    }

    private readonly record struct Posting(int Id, int Frequency);
}
