using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using HybridAgents.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Moq;

namespace HybridAgents.Functions.Tests.Hosting;

/// <summary>What a person is told when a setting or a dependency is missing.</summary>
public sealed class FunctionsHostTests
{
    [Theory]
    [InlineData("AzureWebJobsStorage", "", "No table storage is configured: set AzureWebJobsStorage")]
    [InlineData("AzureWebJobsStorage", "not a connection string", "AzureWebJobsStorage (or Tables:ConnectionString) is not a storage connection string.")]
    [InlineData("Tables:MaxRetries", "99", "MaxRetries")]
    [InlineData("Providers:Ollama:Endpoint", "localhost", "Providers:Ollama:Endpoint is 'localhost'; allowed is an absolute http:// or https:// address")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector'")]
    [InlineData("Runs:RetentionDays", "0", "Runs:RetentionDays must be 1 to")]
    [InlineData("Auth:Mode", "maybe", "Auth:Mode is 'maybe'; allowed: keys, none.")]
    public async Task Start_WrongSetting_IsOneLineThatNamesIt(string key, string value, string line)
    {
        StartFailure failure = await FailureAsync((key, value));

        failure.ExitCode.ShouldBe(78);
        failure.Line.ShouldContain(line);
        failure.Line.ShouldNotContain('\n');
    }

    [Fact]
    public async Task Start_SeveralWrongSettings_NamesThemAll()
    {
        StartFailure failure = await FailureAsync(("Providers:Ollama:Enabled", "maybe"), ("Auth:Mode", "maybe"));

        failure.Line.ShouldContain("Providers:Ollama:Enabled is 'maybe'");
        failure.Line.ShouldContain("Auth:Mode is 'maybe'");
    }

    [Fact]
    public async Task Start_StorageUnreachable_IsOneLineThatNamesAddressAndSetting()
    {
        int port = ClosedPort();

        StartFailure failure = await FailureAsync(
            ("AzureWebJobsStorage", Storage(port)), ("Tables:MaxRetries", "0"), ("Auth:AdminKey", "ha_000000000000_0123456789012345678901234567890123456789012"));

        failure.ShouldBe(new StartFailure($"Table storage at 127.0.0.1:{port} cannot be reached; AzureWebJobsStorage (or Tables:ServiceUri) says where it is.", 1));
    }

    [Fact]
    public async Task Start_SettingsOfTheExample_AreValid()
    {
        using JsonDocument example = JsonDocument.Parse(await File.ReadAllTextAsync(Checkout.PathOf("src", "HybridAgents.Functions", "local.settings.example.json")));
        (string, string)[] settings = [.. example.RootElement.GetProperty("Values").EnumerateObject()
            .Select(item => (item.Name.Replace("__", ":", StringComparison.Ordinal), item.Value.GetString()!))];

        using IHost host = Build([.. settings, ("AzureWebJobsStorage", Storage(ClosedPort()))]); // Not the Azurite that may be running here.

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_StorageAndOllamaDown_NamesBoth()
    {
        int port = ClosedPort();
        using IHost host = Build(
            ("AzureWebJobsStorage", Storage(port)),
            ("Tables:MaxRetries", "0"), ("Providers:Ollama:Endpoint", $"http://127.0.0.1:{port}"), ("Providers:Offline:Enabled", "true"));
        DefaultHttpContext http = new() { RequestServices = host.Services, Request = { Method = "GET", Path = "/api/v1/system/health" }, Response = { Body = new MemoryStream() } };
        Mock<FunctionContext> function = new();
        function.SetupGet(context => context.InstanceServices).Returns(host.Services);
        function.SetupGet(context => context.FunctionDefinition).Returns(Mock.Of<FunctionDefinition>(definition => definition.Name == "SystemHealth"));

        await SystemFunctions.SystemHealth(http.Request, new Mock<DurableTaskClient>("test").Object, function.Object);

        http.Response.StatusCode.ShouldBe(503);
        http.Response.Body.Position = 0;
        Dictionary<string, JsonElement> dependencies = JsonDocument.Parse(http.Response.Body).RootElement.GetProperty("dependencies").EnumerateArray()
            .ToDictionary(dependency => dependency.GetProperty("name").GetString()!);
        dependencies["storage"].GetProperty("status").GetString().ShouldBe("down");
        dependencies["providers"].GetProperty("status").GetString().ShouldBe("degraded");
        dependencies["providers"].GetProperty("message").GetString().ShouldBe("Unavailable: ollama.");
    }

    [Fact]
    public void Stop_IsGivenLessThanTheFiveSecondsAfterWhichAzureEndsTheWorker()
    {
        using IHost host = Build();

        host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    private static string Storage(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";

    private static async Task<StartFailure> FailureAsync(params (string Key, string Value)[] settings)
    {
        Exception error = await Should.ThrowAsync<Exception>(async () =>
        {
            using IHost host = Build(settings);
            await host.StartAsync();
        });
        return StartFailure.From(error).ShouldNotBeNull(error.ToString());
    }

    private static IHost Build(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        Dictionary<string, string?> values = new() { ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true" };
        foreach ((string key, string value) in settings)
            values[key] = value;
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.AddLogging();
        builder.AddHybridAgents();
        return builder.Build();
    }

    private static int ClosedPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
