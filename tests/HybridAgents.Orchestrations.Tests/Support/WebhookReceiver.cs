using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Orchestrations.Tests.Support;

/// <summary>A request that a webhook receiver got.</summary>
internal sealed record Delivery(IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A webhook receiver on a loopback socket; answers the given statuses in turn, the last one for ever.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly Queue<int> _statuses;
    private readonly WebApplication _app;

    private WebhookReceiver(int[] statuses, WebApplication app) => (_statuses, _app) = (new(statuses), app);

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook?token=s3cret");

    /// <summary>Gets how many deliveries nobody has taken.</summary>
    public int Waiting => _deliveries.Reader.Count;

    public static async Task<WebhookReceiver> StartAsync(params int[] statuses)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        WebhookReceiver receiver = new(statuses, app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public async Task<Delivery> NextAsync() => await _deliveries.Reader.ReadAsync().AsTask().WaitAsync(RunHost.Patience);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        Delivery delivery = new(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        int status = _statuses.Count > 1 ? _statuses.Dequeue() : _statuses.Peek();
        http.Response.StatusCode = status;
        if (status is >= 300 and < 400)
            http.Response.Headers.Location = "/elsewhere";
        await _deliveries.Writer.WriteAsync(delivery);
    }
}
