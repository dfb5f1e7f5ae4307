using HybridAgents.Core.Models;

namespace HybridAgents.Core.Conversations;

/// <summary>Chooses what of a conversation a model sees, by priority; the conversation itself is not changed. Pure.</summary>
/// <remarks>
/// <list type="number">
/// <item>System messages and the newest user message: whole. An instruction or a question that was cut would be another one, so if they do not fit, nothing does.</item>
/// <item>The newest group, without which the model would ask for the same tool again. Its tool results are shortened evenly if need be, but to <see cref="LeastResult"/> tokens at least;
/// while there is anything else to show, they get three quarters of the room.</item>
/// <item>The summary: up to an eighth of the room that is left. The background: up to a quarter of the rest, all of it if there is no history.</item>
/// <item>History, newest first, until the first group that does not fit: no holes. It gets what the others leave, so five eighths of the room and more.</item>
/// </list>
/// A group is a message with the tool messages that follow it: calls and results are never split. A larger budget never keeps less.
/// </remarks>
public static class ContextWindow
{
    /// <summary>The least that is left of a tool result, in tokens.</summary>
    public const int LeastResult = 32;

    /// <summary>Below this many tokens a summary or background is left out: its beginning alone would say nothing.</summary>
    private const int LeastBlock = 24;

    private const string Marker = "\n[… shortened to fit]";

    private static readonly int MarkerTokens = TokenEstimator.Estimate(Marker);

    /// <summary>Keeps as much as fits.</summary>
    /// <param name="parts">What there is.</param>
    /// <param name="budget">The most prompt tokens; see <see cref="ModelInfo.PromptBudget"/>.</param>
    public static FittedContext Fit(ContextParts parts, int budget)
    {
        IReadOnlyList<Message> whole = parts.Whole();
        int needed = whole.Sum(TokenEstimator.Estimate);
        if (needed <= budget)
            return new(whole, 0, [], needed, Fits: true);

        Fitting fitting = new(parts.Messages, budget);
        if (!fitting.Fits)
            return fitting.Result(null, null, []);
        bool more = fitting.HasHistory || parts.Summary is not null || parts.Background is not null;
        List<string> shortened = [];
        if (fitting.ShortenResults(more))
            shortened.Add("tool_results");
        string? summary = Block(parts.Summary, ContextParts.SummaryMessage, fitting.Room / 8, "conversation_summary");
        string? background = Block(parts.Background, ContextParts.BackgroundMessage, fitting.HasHistory ? fitting.Room / 4 : fitting.Room, "background");
        if (fitting.KeepHistory())
            shortened.Add("history");
        return fitting.Result(summary, background, shortened);

        string? Block(string? text, Func<string, Message> wrap, int share, string name)
        {
            if (text is null)
                return null;
            int tokens = TokenEstimator.Estimate(wrap(text));
            // What is granted is taken off, used or not: so that a larger budget never leaves less for the rest.
            fitting.Take(Math.Min(tokens, share));
            if (tokens <= share)
                return text;
            shortened.Add(name);
            int content = share - TokenEstimator.Estimate(wrap(""));
            return content < LeastBlock + MarkerTokens ? null : Shorten(text, content);
        }
    }

    /// <summary>The beginning of a text with a mark behind it, at most <paramref name="tokens"/> tokens.</summary>
    private static string Shorten(string text, int tokens) => TokenEstimator.Prefix(text, tokens - MarkerTokens) + Marker;

    /// <summary>One fitting: what must be kept is, and the rest is added to it.</summary>
    private sealed class Fitting
    {
        private readonly IReadOnlyList<Message> _messages;
        private readonly List<Group> _groups;
        private readonly bool[] _kept;
        private readonly Dictionary<int, Message> _shortened = [];
        private readonly int[] _results;

        public Fitting(IReadOnlyList<Message> messages, int budget)
        {
            _messages = messages;
            _groups = Split(messages);
            _kept = new bool[_groups.Count];
            int newestUser = _groups.FindLastIndex(group => messages[group.Start].Role == MessageRole.User);
            for (int index = 0; index < _groups.Count; index++)
                _kept[index] = index == newestUser || index == _groups.Count - 1 || messages[_groups[index].Start].Role == MessageRole.System;
            Group newest = _groups.Count > 0 ? _groups[^1] : default;
            _results = [.. Enumerable.Range(newest.Start, newest.Count).Where(index => messages[index].Role == MessageRole.Tool)];
            Room = budget - _groups.Where((_, index) => _kept[index]).Sum(static group => group.Tokens) + _results.Sum(index => Content(index) - Least(index));
        }

        /// <summary>Gets the tokens that nobody has.</summary>
        public int Room { get; private set; }

        public bool Fits => Room >= 0;

        public bool HasHistory => Array.Exists(_kept, static kept => !kept);

        public void Take(int tokens) => Room -= tokens;

        /// <summary>Gives the newest results what they need, or an even part of their share each; true if one was shortened.</summary>
        public bool ShortenResults(bool more)
        {
            int share = more ? (int)(Room * 3L / 4) : Room;
            int level = Level(share);
            foreach (int index in _results)
            {
                Take(Math.Max(0, Math.Min(Content(index), level) - Least(index)));
                if (Content(index) > Math.Max(level, LeastResult))
                    _shortened[index] = _messages[index] with { Content = Shorten(_messages[index].Content!, Math.Max(level, LeastResult)) };
            }

            return _shortened.Count > 0;
        }

        /// <summary>Keeps history as far as the room goes; true if something was left out.</summary>
        public bool KeepHistory()
        {
            for (int index = _groups.Count - 1; index >= 0; index--)
            {
                if (_kept[index])
                    continue;
                if (_groups[index].Tokens > Room)
                    return true;
                _kept[index] = true;
                Take(_groups[index].Tokens);
            }

            return false;
        }

        public FittedContext Result(string? summary, string? background, IReadOnlyList<string> shortened)
        {
            List<Message> kept = [];
            for (int group = 0; group < _groups.Count; group++)
            {
                for (int index = _groups[group].Start; _kept[group] && index < _groups[group].Start + _groups[group].Count; index++)
                    kept.Add(_shortened.GetValueOrDefault(index, _messages[index]));
            }

            IReadOnlyList<Message> all = ContextParts.Compose(kept, summary, background);
            return new(all, _messages.Count - kept.Count, shortened, all.Sum(TokenEstimator.Estimate), Fits);
        }

        /// <summary>The highest number of tokens that every result may have so that what they have above their least is within the share.</summary>
        private int Level(int share)
        {
            int low = LeastResult, high = _results.Length == 0 ? LeastResult : Math.Max(LeastResult, _results.Max(Content));
            while (low < high)
            {
                int middle = low + (high - low + 1) / 2;
                if (_results.Sum(index => (long)Math.Min(Content(index), middle) - Least(index)) <= share)
                    low = middle;
                else
                    high = middle - 1;
            }

            return low;
        }

        private int Content(int index) => TokenEstimator.Estimate(_messages[index].Content ?? "");

        private int Least(int index) => Math.Min(Content(index), LeastResult);

        private static List<Group> Split(IReadOnlyList<Message> messages)
        {
            List<Group> groups = [];
            for (int start = 0, next; start < messages.Count; start = next)
            {
                int tokens = TokenEstimator.Estimate(messages[start]);
                for (next = start + 1; next < messages.Count && messages[next].Role == MessageRole.Tool; next++)
                    tokens += TokenEstimator.Estimate(messages[next]);
                groups.Add(new(start, next - start, tokens));
            }

            return groups;
        }
    }

    private readonly record struct Group(int Start, int Count, int Tokens);
}
