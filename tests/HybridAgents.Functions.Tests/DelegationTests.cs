using System.Text.Json;
using HybridAgents.Functions.Durable;
using HybridAgents.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;

namespace HybridAgents.Functions.Tests;

public sealed class DelegationTests : IDisposable
{
    private readonly DurableTaskClient _durable = new Mock<DurableTaskClient>("test").Object;
    private readonly IHost _host;

    public DelegationTests()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("AzureWebJobsStorage", "UseDevelopmentStorage=true")]);
        builder.Services.AddLogging();
        builder.AddHybridAgents();
        _host = builder.Build();
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task HttpFunction_OfARoute_AnswersWithItsHandlerAndPassesTheClientOn()
    {
        DefaultHttpContext http = Request("GET", "/api/health");

        await SystemFunctions.Health(http.Request, _durable, Function("Health"));

        http.Response.StatusCode.ShouldBe(200);
        Body(http).GetProperty("status").GetString().ShouldBe("ok");
        _host.Services.GetRequiredService<DurableTaskClientSource>().Client.ShouldBeSameAs(_durable);
    }

    [Fact]
    public async Task HttpFunction_OpenApi_DescribesTheRoutes()
    {
        DefaultHttpContext http = Request("GET", "/openapi/v1.json");

        await SystemFunctions.OpenApi(http.Request, _durable, Function("OpenApi"));

        http.Response.StatusCode.ShouldBe(200);
        Body(http).GetProperty("paths").TryGetProperty("/api/v1/agents/run", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task HttpFunction_WithoutAKey_IsRefusedInTheSharedEnvelope()
    {
        DefaultHttpContext http = Request("GET", "/api/v1/agents/runs");

        await RunFunctions.ListRuns(http.Request, _durable, Function("ListRuns"));

        http.Response.StatusCode.ShouldBe(401);
        Body(http).GetProperty("error").GetProperty("code").GetString().ShouldBe("auth_error");
        http.Response.Headers["x-correlation-id"].ToString().ShouldNotBeEmpty();
    }

    private static JsonElement Body(HttpContext http)
    {
        http.Response.Body.Position = 0;
        return JsonDocument.Parse(http.Response.Body).RootElement;
    }

    private DefaultHttpContext Request(string method, string path) => new()
    {
        RequestServices = _host.Services,
        Request = { Method = method, Path = path },
        Response = { Body = new MemoryStream() },
    };

    private FunctionContext Function(string name)
    {
        Mock<FunctionContext> function = new();
        function.SetupGet(context => context.InstanceServices).Returns(_host.Services);
        function.SetupGet(context => context.FunctionDefinition).Returns(Mock.Of<FunctionDefinition>(definition => definition.Name == name));
        return function.Object;
    }
}
