using System.Net;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Errors;

public sealed class WithoutKeysTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(auth: "none");

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("localhost:7071", "http://localhost:5173", true)]
    [InlineData("evil.example", null, false)]
    [InlineData(null, "https://evil.example", false)]
    [InlineData(null, "null", false)]
    public async Task Send_WithoutKey_ServesThisMachineOnly(string? hostHeader, string? origin, bool served)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/tools");
        request.Headers.Host = hostHeader;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await _host.Anonymous.SendAsync(request);
        if (served)
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        else
            await answer.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }
}
