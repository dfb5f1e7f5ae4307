using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage("Reliability", "CA2000", Justification = "HttpClient disposes of the content that it sends.")]
[assembly: SuppressMessage("Design", "CA1001", Justification = "xunit disposes of fields through IAsyncLifetime.")]
[assembly: SuppressMessage("Interoperability", "CA1416", Justification = "Signals and file rights are tested on Unix.")]
