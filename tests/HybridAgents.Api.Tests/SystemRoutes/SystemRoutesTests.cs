using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.SystemRoutes;

public sealed class SystemRoutesTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Health_WithoutKey_IsOk()
    {
        using HttpResponseMessage answer = await _host.Anonymous.GetAsync("/api/health");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"status":"ok"}""");
    }

    [Fact]
    public async Task SystemHealth_WithoutKey_NamesEachDependency()
    {
        using HttpResponseMessage answer = await _host.Anonymous.GetAsync("/api/v1/system/health");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement health = await answer.JsonAsync();
        health.GetProperty("dependencies").EnumerateArray().Select(static dependency => dependency.GetProperty("name").GetString()).ShouldBe(["storage", "providers"]);
        health.GetProperty("dependencies")[0].GetProperty("status").GetString().ShouldBe("ok");
    }

    [Theory]
    [InlineData("/api/v1/tools")]
    [InlineData("/api/v1/tools/available")]
    public async Task Tools_List_HasTheirSchemas(string path)
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync(path);
        JsonElement calculator = (await answer.JsonAsync()).GetProperty("tools").EnumerateArray().Single(static tool => tool.GetProperty("name").GetString() == "calculator");
        calculator.GetProperty("effect").GetString().ShouldBe("pure");
        calculator.GetProperty("parameters").GetProperty("type").GetString().ShouldBe("object");
    }

    [Fact]
    public async Task Models_OfAProvider_AreListed()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync("/api/v1/models?provider=Offline");
        JsonElement model = (await answer.JsonAsync()).GetProperty("models").EnumerateArray().ShouldHaveSingleItem();
        model.GetProperty("id").GetString().ShouldBe("offline:demo");
        model.GetProperty("available").GetBoolean().ShouldBeTrue();
        model.GetProperty("locality").GetString().ShouldBe("local");
    }
}
