using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage("Reliability", "CA2000", Justification = "HttpClient disposes of the content that it sends.")]
