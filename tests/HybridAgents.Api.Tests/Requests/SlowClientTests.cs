using System.Net;
using System.Net.Sockets;
using System.Text;
using HybridAgents.Api.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HybridAgents.Api.Tests.Requests;

public sealed class SlowClientTests
{
    [Fact]
    public async Task Post_BodyThatNeverComes_EndsInATimeoutWhileOthersAreServed()
    {
        await using ApiHost host = await ApiHost.StartAsync(
            kestrel: static options => options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromSeconds(1.5)));
        using TcpClient slow = await SendAsync(host, $"POST /api/v1/agents/run HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {host.AdminKey}\r\nContent-Length: 1000\r\n\r\n{{");

        using HttpResponseMessage other = await host.Anonymous.GetAsync("/api/health");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);

        using StreamReader reader = new(slow.GetStream());
        string answer = await reader.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("request_timeout");
    }

    [Fact]
    public async Task Get_HeadersThatNeverEnd_EndInATimeout()
    {
        await using ApiHost host = await ApiHost.StartAsync(kestrel: static options => options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        using TcpClient slow = await SendAsync(host, "GET /api/health HTTP/1.1\r\nHost: localhost\r\n");
        using StreamReader reader = new(slow.GetStream());
        (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 408");
    }

    private static async Task<TcpClient> SendAsync(ApiHost host, string text)
    {
        TcpClient socket = new();
        await socket.ConnectAsync(IPAddress.Loopback, host.Url.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        return socket;
    }
}
