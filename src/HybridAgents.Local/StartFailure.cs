using HybridAgents.Durable.Journal;
using HybridAgents.Local.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace HybridAgents.Local;

/// <summary>Why the process could not start, for a person.</summary>
/// <param name="Line">One line.</param>
/// <param name="ExitCode">What the process ends with.</param>
internal sealed record StartFailure(string Line, int ExitCode)
{
    /// <summary>The failure that <paramref name="error"/> stands for; null if it is none that a person can mend.</summary>
    public static StartFailure? From(Exception error) => error switch
    {
        ConfigurationException => new(error.Message, ExitCodes.Configuration),
        OptionsValidationException options => new(string.Join(" ", options.Failures), ExitCodes.Configuration),
        AggregateException { InnerExceptions: [OptionsValidationException, ..] } many => new(
            string.Join(" ", many.InnerExceptions.Select(static inner => inner is OptionsValidationException options ? string.Join(" ", options.Failures) : inner.Message)),
            ExitCodes.Configuration),
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } unreadable => new(unreadable.Message, ExitCodes.Configuration), // From the binder: names key, value and type.
        IOException { InnerException: AddressInUseException } => new($"{error.Message} Choose another with --urls.", ExitCodes.CannotStart),
        IOException or UnauthorizedAccessException or JournalCorruptException => new(error.Message, ExitCodes.CannotStart),
        _ => null,
    };
}
