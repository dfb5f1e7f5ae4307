using System.Diagnostics;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Functions.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Functions.Tests.Storage;

/// <summary>What the settings make of a service that fails.</summary>
public sealed class AzureTableStoreTests : IAsyncLifetime
{
    private readonly WebApplication _service;
    private Func<HttpContext, Task> _answer = static _ => Task.CompletedTask;
    private int _requests;

    public AzureTableStoreTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _service = builder.Build();
        _service.Run(http =>
        {
            Interlocked.Increment(ref _requests);
            return _answer(http);
        });
    }

    public Task InitializeAsync() => _service.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData(503, 4)]
    [InlineData(429, 4)]
    [InlineData(403, 1)]
    public async Task Request_Refused_IsRepeatedAsOftenAsTheSettingsSay(int status, int requests)
    {
        _answer = http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        EngineBusyException error = await FailureAsync(new() { MaxRetries = 3, RetryDelay = TimeSpan.FromMilliseconds(1) });

        _requests.ShouldBe(requests);
        error.Message.ShouldStartWith(status == 403 ? "Table storage refuses the key of AzureWebJobsStorage" : $"Table storage answers {status}.");
    }

    [Fact]
    public async Task Request_WithoutAnAnswer_EndsWithTheSettingsTimeLimit()
    {
        _answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        long start = Stopwatch.GetTimestamp();

        EngineBusyException error = await FailureAsync(new() { MaxRetries = 0, RequestTimeout = TimeSpan.FromMilliseconds(100) });

        error.Message.ShouldContain("AzureWebJobsStorage");
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10)); // Without the setting it would be 100 s.
    }

    [Fact]
    public void Connect_DevelopmentStorage_IsAzuriteOnThisMachine() =>
        AzureTableStore.Connect(new() { ConnectionString = "UseDevelopmentStorage=true" }).Uri.ShouldBe(new Uri("http://127.0.0.1:10002/devstoreaccount1"));

    private async Task<EngineBusyException> FailureAsync(AzureTablesOptions options)
    {
        options.ConnectionString = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;TableEndpoint={_service.Urls.First()}/a;";
        ITable table = new AzureTableStore(AzureTableStore.Connect(options), "test").GetTable("t");
        return await Should.ThrowAsync<EngineBusyException>(async () => await table.GetAsync("p", "r"));
    }
}
