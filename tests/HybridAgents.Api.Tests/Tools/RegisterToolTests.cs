using System.Net;
using System.Text;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Tests.Tools;

public sealed class RegisterToolTests : IAsyncLifetime
{
    private ApiHost _host = null!;
    private WebApplication _server = null!;
    private string _asked = "";

    public async Task InitializeAsync()
    {
        _host = await ApiHost.StartAsync(settings: new Dictionary<string, string?> { ["Tools:Headers:shop:X-Shop-Key"] = "s3cret" });
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async http =>
        {
            using StreamReader body = new(http.Request.Body, Encoding.UTF8);
            _asked = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {await body.ReadToEndAsync()}{http.Request.Headers["X-Shop-Key"]}";
            http.Response.StatusCode = http.Request.Path.Value switch { "/fails" => 500, "/moved" => 307, _ => 200 };
            if (http.Request.Path == "/moved")
                http.Response.Headers.Location = "/elsewhere";
            await http.Response.WriteAsync(http.Request.Path == "/giant" ? new string('x', 5_000_000) : """{"answer":42}""");
        });
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "pure", "GET /look?a=1&q=x%20y%26z&n=3 ")]
    [InlineData("POST", "at_most_once", """POST /look?a=1 {"q":"x y&z","n":3}""")]
    public async Task RegisteredTool_Called_GetsItsArguments(string method, string effect, string asked)
    {
        using HttpResponseMessage registered = await RegisterAsync(_host.Admin, "look_up", "/look?a=1", method);
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonElement view = await registered.JsonAsync();
        (view.GetProperty("effect").GetString(), view.GetProperty("source").GetString(), view.GetProperty("locality").GetString()).ShouldBe((effect, "http", "cloud"));
        JsonElement result = await CallAsync("look_up", """{"q":"x y&z","n":3}""");

        result.GetProperty("result").GetString().ShouldBe("""{"answer":42}""");
        _asked.ShouldBe(asked);
    }

    [Fact]
    public async Task RegisteredTool_AddressFails_IsAnErrorResult()
    {
        await RegisterAsync(_host.Admin, "look_up", "/fails");
        JsonElement result = await CallAsync("look_up", """{"q":"x"}""");

        result.GetProperty("is_error").GetBoolean().ShouldBeTrue();
        result.GetProperty("result").GetString().ShouldBe("""The tool's address answered 500: {"answer":42}""");
    }

    [Fact]
    public async Task RegisteredTool_AddressRedirects_IsNotFollowedWithArgumentsAndHeaders()
    {
        await RegisterAsync(_host.Admin, "look_up", "/moved", "POST");
        JsonElement result = await CallAsync("look_up", """{"q":"x"}""");

        result.GetProperty("result").GetString().ShouldBe("""The tool's address answered 307: {"answer":42}""");
        _asked.ShouldStartWith("POST /moved");
    }

    [Fact]
    public async Task RegisteredTool_GiantAnswer_IsReadToTheBoundOnly()
    {
        await RegisterAsync(_host.Admin, "look_up", "/giant");
        JsonElement result = await CallAsync("look_up", """{"q":"x"}""");

        result.GetProperty("is_error").GetBoolean().ShouldBeFalse();
        result.GetProperty("result").GetString()!.Length.ShouldBeLessThan(1_100_000);
    }

    [Fact]
    public async Task RegisteredTool_PrivateText_IsBlocked()
    {
        await RegisterAsync(_host.Admin, "look_up", "/look");
        JsonElement result = await CallAsync("look_up", """{"q":"my password is hunter2"}""");

        result.GetProperty("result").GetString()!.ShouldStartWith("privacy_blocked");
        _asked.ShouldBe("");
    }

    [Fact]
    public async Task RegisterTool_AddressThatIsNotPublic_NeedsAnAdministrator()
    {
        using HttpResponseMessage answer = await RegisterAsync(_host.User, "look_up", "/look");
        await answer.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task RegisterTool_HeadersRef_NeedsAnAdministratorAndAConfiguredName()
    {
        const string Body = """{"name":"x_tool","description":"d","parameters":{"type":"object"},"endpoint":"https://93.184.215.14/","headers_ref":"crm"}""";
        using HttpResponseMessage user = await _host.User.PostAsync("/api/v1/tools/register", ApiHost.Json(Body));
        using HttpResponseMessage admin = await _host.Admin.PostAsync("/api/v1/tools/register", ApiHost.Json(Body));

        await user.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        (await admin.FaultsAsync()).Keys.ShouldBe(["headers_ref"]);
    }

    [Fact]
    public async Task RegisteredTool_WithHeadersRef_SendsThemAndShowsThemToNobody()
    {
        using HttpResponseMessage registered = await RegisterAsync(_host.Admin, "look_up", "/look", more: ""","headers_ref":"shop" """);
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        await CallAsync("look_up", """{"q":"x"}""");

        _asked.ShouldBe("""POST /look {"q":"x"}s3cret""");
        (await registered.Content.ReadAsStringAsync() + await _host.Admin.GetStringAsync("/api/v1/tools")).ShouldNotContain("s3cret");
    }

    [Theory]
    [InlineData("calculator")]
    [InlineData("look_up")]
    public async Task RegisterTool_NameIsTaken_Is409(string name)
    {
        await RegisterAsync(_host.Admin, "look_up", "/look");
        using HttpResponseMessage again = await RegisterAsync(_host.Admin, name, "/look");
        await again.ErrorAsync(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("""{"name":"Bad-Name","description":"d","parameters":{"type":"object"},"endpoint":"https://93.184.215.14/"}""", "name")]
    [InlineData("""{"name":"good","description":"d","parameters":{"type":"string"},"endpoint":"https://93.184.215.14/"}""", "parameters")]
    [InlineData("""{"name":"good","description":"d","parameters":{"type":"object"},"endpoint":"file:///etc/passwd"}""", "endpoint")]
    [InlineData("""{"name":"good","description":"d","parameters":{"type":"object"},"endpoint":"https://a:b@93.184.215.14/"}""", "endpoint")]
    [InlineData("""{"name":"good","description":"d","parameters":{"type":"object"},"endpoint":"https://93.184.215.14/","code":"x"}""", "code")]
    public async Task RegisterTool_BadField_IsNamed(string body, string field)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync("/api/v1/tools/register", ApiHost.Json(body));
        (await answer.FaultsAsync()).Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task DeleteTool_Registered_IsGone()
    {
        await RegisterAsync(_host.Admin, "look_up", "/look");
        (await _host.User.DeleteAsync("/api/v1/tools/look_up")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await (await _host.User.DeleteAsync("/api/v1/tools/look_up")).ErrorAsync(HttpStatusCode.NotFound, "not_found");
        await (await _host.User.DeleteAsync("/api/v1/tools/calculator")).ErrorAsync(HttpStatusCode.NotFound, "not_found");
        JsonElement list = await (await _host.User.GetAsync("/api/v1/tools")).JsonAsync();
        list.GetProperty("tools").EnumerateArray().ShouldNotContain(tool => tool.GetProperty("name").GetString() == "look_up");
    }

    private Task<HttpResponseMessage> RegisterAsync(HttpClient client, string name, string path, string method = "POST", string more = "") => client.PostAsync("/api/v1/tools/register", ApiHost.Json($$"""
        {"name":"{{name}}","description":"Looks it up.","endpoint":"{{_server.Urls.Single()}}{{path}}","method":"{{method}}",
         "parameters":{"type":"object","properties":{"q":{"type":"string"},"n":{"type":"integer"} },"additionalProperties":false}{{more}} }
        """));

    private async Task<JsonElement> CallAsync(string name, string arguments)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync("/api/v1/tools/execute", ApiHost.Json($$"""{"name":"{{name}}","arguments":{{arguments}} }"""));
        return await answer.JsonAsync();
    }
}
