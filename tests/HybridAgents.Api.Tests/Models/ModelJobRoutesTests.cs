using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Chat;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Tests.Models;

public sealed class ModelJobRoutesTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Pull_Name_IsAcceptedAsARun()
    {
        using HttpResponseMessage answer = await _gateway.Host.Admin.PostAsync("/api/v1/models/pull", ApiHost.Json("""{"model":"llama3.2"}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.JsonAsync()).GetProperty("polling_url").GetString()!.ShouldStartWith("/api/v1/agents/status/run_");
        _gateway.Host.Runs.Request!.Job.ShouldBe(new(ModelJobKind.Pull, new("ollama", "llama3.2:latest")));
    }

    [Fact]
    public async Task Benchmark_ModelByBareName_IsAcceptedAsARun()
    {
        using HttpResponseMessage answer = await _gateway.Host.User.PostAsync("/api/v1/models/llama2/benchmark", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        _gateway.Host.Runs.Request!.Job.ShouldBe(new(ModelJobKind.Benchmark, new("ollama", "llama2:latest"), 3));
    }

    [Theory]
    [InlineData("""{"model":"../etc/passwd"}""", "model")]
    [InlineData("""{"model":"a b"}""", "model")]
    [InlineData("""{"model":"llama3","provider":"openai"}""", "provider")]
    [InlineData("{}", "model")]
    public async Task Pull_BadField_IsNamed(string body, string field)
    {
        using HttpResponseMessage answer = await _gateway.Host.Admin.PostAsync("/api/v1/models/pull", ApiHost.Json(body));
        (await answer.FaultsAsync()).Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task Pull_ByAUser_IsForbidden() =>
        (await _gateway.Host.User.PostAsync("/api/v1/models/pull", ApiHost.Json("""{"model":"llama3"}"""))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

    [Fact]
    public async Task Benchmark_UnknownModel_Is404()
    {
        using HttpResponseMessage answer = await _gateway.Host.User.PostAsync("/api/v1/models/gpt-99/benchmark", null);
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task SystemModels_ShowsWhatIsLoaded()
    {
        JsonElement system = await (await _gateway.Host.Guest.GetAsync("/api/v1/system/models")).JsonAsync();
        system.GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("id").GetString()).ShouldBe(["ollama:llama2:latest", "openai:gpt-4o", "offline:demo"], ignoreOrder: true);
        JsonElement loaded = system.GetProperty("loaded").EnumerateArray().ShouldHaveSingleItem();
        (loaded.GetProperty("provider").GetString(), loaded.GetProperty("model").GetString(), loaded.GetProperty("bytes").GetInt64()).ShouldBe(("ollama", "llama2:latest", 4000));
        system.GetProperty("price_table_version").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task SystemStatus_ProviderIsGone_IsShownWithTheOthers()
    {
        _gateway.OpenAi.ModelsStatus = 500;
        JsonElement status = await (await _gateway.Host.Guest.GetAsync("/api/v1/system/status")).JsonAsync();
        status.GetProperty("status").GetString().ShouldBe("degraded");
        status.GetProperty("providers").EnumerateArray().Select(static provider => (provider.GetProperty("name").GetString(), provider.GetProperty("available").GetBoolean()))
            .ShouldBe([("ollama", true), ("openai", false), ("offline", true)]);
        status.GetProperty("dependencies").GetArrayLength().ShouldBeGreaterThan(1);
        status.GetProperty("cache").GetProperty("items").GetInt32().ShouldBe(0);
    }
}
