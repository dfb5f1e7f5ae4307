using System.Net;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Tools;

public sealed class McpServerRoutesTests : IAsyncLifetime
{
    private const string Servers = "/api/v1/tools/mcp-servers";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"Notes","url":"https://mcp.example"}""", "name")]
    [InlineData("""{"name":"n","url":"https://mcp.example"}""", "name")]
    [InlineData("""{"name":"notes"}""", "url")]
    [InlineData("""{"name":"notes","url":"https://mcp.example","command":"node"}""", "url")]
    [InlineData("""{"name":"notes","url":"file:///etc/passwd"}""", "url")]
    [InlineData("""{"name":"notes","url":"https://user:pass@mcp.example"}""", "url")]
    [InlineData("""{"name":"notes","url":"nonsense"}""", "url")]
    [InlineData("""{"name":"notes","command":" "}""", "command")]
    [InlineData("""{"name":"notes","url":"https://mcp.example","timeout_seconds":301}""", "timeout_seconds")]
    [InlineData("""{"name":"notes","url":"https://mcp.example","headers_ref":"nothing"}""", "headers_ref")]
    public async Task AddMcpServer_WrongField_IsNamed(string body, string field)
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Servers, ApiHost.Json(body));
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetRawText().ShouldContain($"\"{field}\"");
    }

    [Theory]
    [InlineData("""{"name":"notes","url":"http://127.0.0.1:1/mcp"}""")]
    [InlineData("""{"name":"notes","url":"http://[::ffff:10.0.0.1]/mcp"}""")]
    [InlineData("""{"name":"notes","url":"http://169.254.169.254/latest"}""")]
    [InlineData("""{"name":"notes","url":"http://8.8.8.8/mcp","headers_ref":"nothing"}""")]
    [InlineData("""{"name":"notes","url":"http://8.8.8.8/mcp","trusted":true}""")]
    [InlineData("""{"name":"notes","command":"sh"}""")]
    public async Task AddMcpServer_BeyondAUsersRights_IsForbidden(string body) =>
        await (await _host.User.PostAsync(Servers, ApiHost.Json(body))).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");

    [Fact]
    public async Task AddMcpServer_ProgramWithoutTheSetting_IsForbiddenForAdministratorsToo()
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Servers, ApiHost.Json("""{"name":"notes","command":"sh"}"""));
        (await answer.ErrorAsync(HttpStatusCode.Forbidden, "forbidden")).GetRawText().ShouldContain("Tools:AllowMcpCommands");
        (await _host.Guest.GetAsync(Servers)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await _host.Guest.DeleteAsync($"{Servers}/notes")).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await _host.User.DeleteAsync($"{Servers}/notes")).ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Server_ThatIsDead_IsListedWithItsErrorAndRemoved()
    {
        using HttpResponseMessage added = await _host.Admin.PostAsync(Servers, ApiHost.Json("""{"name":"dead","url":"http://127.0.0.1:1/mcp?key=s3cret"}"""));
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        string list = await _host.Guest.GetStringAsync(Servers);
        list.ShouldContain("\"connected\":false");
        list.ShouldContain("could not be reached");
        list.ShouldNotContain("s3cret");
        (await _host.User.DeleteAsync($"{Servers}/dead")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _host.Guest.GetStringAsync(Servers)).ShouldBe("""{"servers":[]}""");
    }
}
