using System.Net.Http.Headers;

namespace HybridAgents.Cli.Hosting;

/// <summary>Adds the key to every request; it may change while requests run.</summary>
internal sealed class BearerHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private volatile string? _token;

    /// <summary>Gets or sets the key; null for none.</summary>
    public string? Token
    {
        get => _token;
        set => _token = value;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Token is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }
}
