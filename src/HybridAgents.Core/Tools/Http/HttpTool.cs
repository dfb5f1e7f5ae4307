using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Net;

namespace HybridAgents.Core.Tools.Http;

/// <summary>Calls a registered tool's address: no redirects, no proxy, and only where the registration allows.</summary>
public sealed class HttpTool(HttpToolSpec spec, ToolOptions options, HttpToolClients clients) : ITool
{
    private const int MaxBytes = 2 * 1024 * 1024;
    private const int MaxFault = 500;

    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = spec.Define(options);

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = spec.Method == "GET"
            ? new(HttpMethod.Get, WithQuery(spec.Endpoint, call.Arguments))
            : new(new HttpMethod(spec.Method), spec.Endpoint)
            {
                Content = new StringContent(call.Arguments.GetRawText(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            };
        request.Headers.Add("Idempotency-Key", call.IdempotencyKey);
        foreach ((string name, string value) in spec.HeadersRef is { } reference ? options.Headers.GetValueOrDefault(reference) ?? [] : [])
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using HttpResponseMessage answer = await clients.For(spec).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            (string text, bool cut) = await BoundedContent.ReadAsync(answer.Content, MaxBytes, cancellationToken);
            return answer.IsSuccessStatusCode
                ? new(cut ? $"{text}\n[only the first {MaxBytes} bytes]" : text)
                : ToolOutput.Error($"The tool's address answered {(int)answer.StatusCode}: {(text.Length > MaxFault ? text[..MaxFault] : text)}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return ToolOutput.Error(error.InnerException is PrivateAddressException
                ? "The tool's address is not public any more; an administrator can register it anew."
                : "The tool's address could not be reached.");
        }
    }

    private static Uri WithQuery(Uri endpoint, JsonElement arguments)
    {
        StringBuilder query = new(endpoint.Query.TrimStart('?'));
        foreach (JsonProperty argument in arguments.EnumerateObject())
        {
            string value = argument.Value.ValueKind == JsonValueKind.String ? argument.Value.GetString()! : argument.Value.GetRawText();
            query.Append(query.Length > 0 ? "&" : "").Append(Uri.EscapeDataString(argument.Name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return new UriBuilder(endpoint) { Query = query.ToString() }.Uri;
    }
}

/// <summary>The connections of registered tools, shared by all of them.</summary>
public sealed class HttpToolClients : IDisposable
{
    private readonly HttpClient _public = new(GuardedHttp.Create(PublicAddress.Is)) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HttpClient _any = new(GuardedHttp.Create(PublicAddress.Any)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The connections that a tool may use.</summary>
    public HttpClient For(HttpToolSpec spec) => spec.AllowPrivate ? _any : _public;

    /// <inheritdoc/>
    public void Dispose()
    {
        _public.Dispose();
        _any.Dispose();
    }
}
