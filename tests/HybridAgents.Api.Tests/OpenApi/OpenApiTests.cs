using System.Text.Json;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.OpenApi;

public sealed class OpenApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Document_EveryRoute_IsDescribedWithAnswersAndErrors()
    {
        JsonElement paths = (await DocumentAsync()).GetProperty("paths");
        ApiRouteTable table = _host.Services.GetRequiredService<ApiRouteTable>();
        table.Routes.Select(static route => route.Name).ShouldBeUnique();
        foreach (ApiRoute route in table.Routes)
        {
            JsonElement operation = paths.GetProperty(route.Pattern).GetProperty(route.Method.ToLowerInvariant());
            operation.GetProperty("operationId").GetString().ShouldBe(route.Name);
            JsonElement responses = operation.GetProperty("responses");
            foreach (RouteAnswer answer in route.Answers)
                responses.TryGetProperty($"{answer.Status}", out _).ShouldBeTrue($"{route.Name} {answer.Status}");
            responses.GetProperty("500").GetProperty("content").GetProperty("application/json").TryGetProperty("schema", out _).ShouldBeTrue();
            operation.TryGetProperty("security", out _).ShouldBe(route.Access != ApiAccess.Anonymous, route.Name);
            int parameters = operation.TryGetProperty("parameters", out JsonElement list) ? list.GetArrayLength() : 0;
            parameters.ShouldBe(route.Query.Count + route.Headers.Count + route.Pattern.Count(static letter => letter == '{'), route.Name);
        }

        paths.EnumerateObject().Sum(static path => path.Value.EnumerateObject().Count()).ShouldBe(table.Routes.Count);
    }

    [Fact]
    public async Task Document_StartRun_ShowsTheBoundsOfItsFields()
    {
        JsonElement schema = (await DocumentAsync()).GetProperty("paths").GetProperty("/api/v1/agents/run").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse();
        schema.GetProperty("required").GetRawText().ShouldContain("messages");
        JsonElement messages = schema.GetProperty("properties").GetProperty("messages");
        messages.GetProperty("maxItems").GetInt32().ShouldBe(500);
        messages.GetProperty("items").GetProperty("properties").GetProperty("content").GetProperty("anyOf")[0].GetProperty("maxLength").GetInt32().ShouldBe(100_000);
    }

    [Fact]
    public async Task Document_RunStatus_HasTheNamesOfTheWire()
    {
        string text = (await DocumentAsync()).GetRawText();
        text.ShouldContain("\"polling_url\"");
        text.ShouldContain("\"correlation_id\"");
        text.ShouldNotContain("\"PollingUrl\"");
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using HttpResponseMessage answer = await _host.Anonymous.GetAsync("/openapi/v1.json");
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }
}
