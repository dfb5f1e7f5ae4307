using HybridAgents.Durable;
using Microsoft.Extensions.Options;

namespace HybridAgents.Functions.Hosting;

/// <summary>Why the worker could not start, for a person.</summary>
/// <param name="Line">One line that names the setting.</param>
/// <param name="ExitCode">What the process ends with.</param>
internal sealed record StartFailure(string Line, int ExitCode)
{
    private const int Configuration = 78;
    private const int CannotStart = 1;

    /// <summary>The failure that <paramref name="error"/> stands for; null if it is none that a person can mend.</summary>
    public static StartFailure? From(Exception error) => error switch
    {
        OptionsValidationException wrong => new(string.Join(" ", wrong.Failures), Configuration),
        AggregateException several when several.InnerExceptions.All(static inner => inner is OptionsValidationException) =>
            new(string.Join(" ", several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(static wrong => wrong.Failures)), Configuration),
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } unreadable => new(unreadable.Message, Configuration), // From the binder: names key, value and type.
        EngineBusyException storage => new(storage.Message, CannotStart),
        _ => null,
    };
}
