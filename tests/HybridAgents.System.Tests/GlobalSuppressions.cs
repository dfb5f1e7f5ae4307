using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage("Reliability", "CA2000", Justification = "HttpClient disposes of the content that it sends.")]
[assembly: SuppressMessage("Design", "CA1001", Justification = "xunit disposes of fields through IAsyncLifetime.")]
[assembly: SuppressMessage("Security", "CA5394", Justification = "Seeded randomness makes the tests repeatable.")]
