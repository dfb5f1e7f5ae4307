namespace HybridAgents.Core.Privacy;

/// <summary>A value that may be sent to one destination. Every sink takes only this; only <see cref="PrivacyGate"/> makes it.</summary>
/// <typeparam name="T">What is sent.</typeparam>
public sealed class Cleared<T>
{
    internal Cleared(T value, PrivacyLabel label, Destination destination)
    {
        Value = value;
        Label = label;
        Destination = destination;
    }

    /// <summary>Gets exactly what was scanned and may be sent.</summary>
    public T Value { get; }

    /// <summary>Gets the label it was cleared under: the conversation's, raised by what the value contains.</summary>
    public PrivacyLabel Label { get; }

    /// <summary>Gets the only destination that it may be sent to.</summary>
    public Destination Destination { get; }
}
