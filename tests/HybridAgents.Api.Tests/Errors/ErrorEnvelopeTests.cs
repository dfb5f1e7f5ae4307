using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Durable;
using static HybridAgents.Api.Tests.Support.ApiHost;

namespace HybridAgents.Api.Tests.Errors;

public sealed class ErrorEnvelopeTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/agents/status/")]
    [InlineData("/api/v1/agents/runs/a/b/c/d")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    public async Task Get_UnknownPath_IsNotFound(string path)
    {
        using HttpResponseMessage answer = await _host.Admin.GetAsync(path);
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Put_KnownPath_IsMethodNotAllowedAndNamesTheAllowed()
    {
        using HttpResponseMessage answer = await _host.Admin.PutAsync("/api/v1/agents/cancel/x", Json("{}"));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        error.GetProperty("message").GetString()!.ShouldContain("POST");
        answer.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "/v1/responses", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task Send_NoRouteOfOpenAIs_IsAnErrorAsOpenAIsClientsReadIt(string method, string path, HttpStatusCode status, string code)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage answer = await _host.Admin.SendAsync(request);
        (await answer.ErrorAsync(status, code)).GetProperty("type").GetString().ShouldBe("invalid_request_error");
        answer.Headers.Contains("x-request-id").ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET", "/api/v1/tools")]
    [InlineData("GET", "/api/v1/agents/runs")]
    [InlineData("POST", "/api/v1/agents/run")]
    [InlineData("GET", "/api/v1/keys")]
    public async Task Send_WithoutKey_IsUnauthorized(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage answer = await _host.Anonymous.SendAsync(request);
        await answer.ErrorAsync(HttpStatusCode.Unauthorized, "auth_error");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer ha_000000000000_0123456789012345678901234567890123456789012")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task Send_WithWrongCredentials_IsUnauthorized(string authorization)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/tools");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using HttpResponseMessage answer = await _host.Anonymous.SendAsync(request);
        await answer.ErrorAsync(HttpStatusCode.Unauthorized, "auth_error");
    }

    [Fact]
    public async Task Send_KeyWithOneCharacterChanged_IsUnauthorized()
    {
        string key = _host.AdminKey[..^1] + (_host.AdminKey[^1] == 'A' ? 'E' : 'A');
        using HttpClient client = _host.Client(key);
        using HttpResponseMessage answer = await client.GetAsync("/api/v1/tools");
        await answer.ErrorAsync(HttpStatusCode.Unauthorized, "auth_error");
    }

    [Fact]
    public async Task Send_RoleTooLow_IsForbidden()
    {
        using HttpResponseMessage guest = await _host.Guest.PostAsync("/api/v1/agents/run", Json("{}"));
        await guest.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        using HttpResponseMessage user = await _host.User.GetAsync("/api/v1/keys");
        await user.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        using HttpResponseMessage reading = await _host.Guest.GetAsync("/api/v1/tools");
        reading.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_UnknownQueryParameter_IsRefusedByName()
    {
        using HttpResponseMessage answer = await _host.Admin.GetAsync("/api/v1/agents/runs?limt=5");
        (await answer.FaultsAsync())["query.limt"].ShouldContain("limit");
    }

    [Fact]
    public async Task Send_HandlerFails_IsSystemErrorWithoutInternals()
    {
        _host.Runs.Failure = new InvalidOperationException("secret connection string");
        using HttpResponseMessage answer = await _host.Admin.PostAsync("/api/v1/agents/run", Json("""{"messages":[{"role":"user","content":"hi"}]}"""));
        await answer.ErrorAsync(HttpStatusCode.InternalServerError, "system_error");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Send_EngineBusy_IsUnavailableWithRetryAfter()
    {
        _host.Runs.Failure = new EngineBusyException("The disk is full.", TimeSpan.FromSeconds(2.5));
        using HttpResponseMessage answer = await _host.Admin.PostAsync("/api/v1/agents/run", Json("""{"messages":[{"role":"user","content":"hi"}]}"""));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        error.GetProperty("remediation").GetProperty("retry_after").GetInt32().ShouldBe(3);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Send_CorrelationIdGiven_ComesBack()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/health");
        request.Headers.Add("x-correlation-id", "my-id-1");
        using HttpResponseMessage answer = await _host.Anonymous.SendAsync(request);
        answer.Headers.GetValues("x-correlation-id").ShouldBe(["my-id-1"]);
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("long")]
    public async Task Send_CorrelationIdUnusable_IsReplaced(string? given)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/health");
        string? value = given == "long" ? new string('x', 129) : given;
        if (value is not null)
            request.Headers.TryAddWithoutValidation("x-correlation-id", value);
        using HttpResponseMessage answer = await _host.Anonymous.SendAsync(request);
        string made = answer.Headers.GetValues("x-correlation-id").Single();
        made.ShouldNotBe(value);
        made.Length.ShouldBe(32);
    }
}
