namespace HybridAgents.Core.Privacy;

/// <summary>The one place that clears values for sending.</summary>
/// <param name="scanner">Finds what raises a label.</param>
/// <param name="cloudPrivateForbidden">Whether an administrator forbids the cloud for private text even with consent.</param>
public sealed class PrivacyGate(IPrivacyScanner scanner, bool cloudPrivateForbidden = false)
{
    /// <summary>Clears <paramref name="value"/> for <paramref name="destination"/>.</summary>
    /// <param name="value">Exactly what will be sent.</param>
    /// <param name="texts">All text in the value that comes from outside the binary.</param>
    /// <param name="current">The conversation's label now.</param>
    /// <param name="destination">Where it would go.</param>
    /// <param name="cloudPrivateConsent">Whether the caller consented to the cloud for private text.</param>
    /// <returns>The cleared value, or null with the raised label when it may not be sent there.</returns>
    public Clearance<T> Clear<T>(T value, IEnumerable<string> texts, PrivacyLabel current, Destination destination, bool cloudPrivateConsent)
    {
        PrivacyLabel label = current;
        foreach (string text in texts)
        {
            if (label == PrivacyLabel.LocalOnly)
                break;
            label = label.RaisedTo(scanner.Scan(text));
        }

        return new(label, Allows(label, destination.Locality, cloudPrivateConsent) ? new Cleared<T>(value, label, destination) : null);
    }

    /// <summary>Whether text with that label may go to that locality.</summary>
    public bool Allows(PrivacyLabel label, Locality locality, bool cloudPrivateConsent) => locality == Locality.Local || label switch
    {
        PrivacyLabel.Standard => true,
        PrivacyLabel.Private => cloudPrivateConsent && !cloudPrivateForbidden,
        _ => false,
    };
}

/// <summary>The outcome of a clearing.</summary>
/// <param name="Label">The label after the scan; never below the one given.</param>
/// <param name="Cleared">Null when the value may not be sent to that destination.</param>
public readonly record struct Clearance<T>(PrivacyLabel Label, Cleared<T>? Cleared);

/// <summary>Finds what raises a label.</summary>
public interface IPrivacyScanner
{
    /// <summary>The label that the text alone demands. Pure, bounded in time, safe for concurrent use.</summary>
    PrivacyLabel Scan(string text);
}
