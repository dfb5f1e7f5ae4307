namespace HybridAgents.Cli.Output;

/// <summary>How a line is meant.</summary>
internal enum Tone
{
    Quiet,
    Normal,
    Warning,
    Bad,
}

/// <summary>Where a person follows a run. Every text may come from outside; a screen makes it harmless.</summary>
internal interface IScreen
{
    /// <summary>Keeps the screen up while <paramref name="work"/> runs.</summary>
    Task ShowAsync(Func<Task> work);

    /// <summary>Shows one line.</summary>
    void Line(Tone tone, string text);

    /// <summary>Adds to the message that is being written.</summary>
    void Delta(string text);

    /// <summary>Takes back the message that is being written.</summary>
    void Discard(string reason);

    /// <summary>Ends the message that is being written. An answer is shown again, whole, by <see cref="Answer"/>; any other message stays.</summary>
    void End(bool isAnswer);

    /// <summary>Shows the final answer.</summary>
    void Answer(string text);
}
