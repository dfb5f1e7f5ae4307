using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Chat;

namespace HybridAgents.Api.Tests.Models;

public sealed class ModelRoutesTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await Gateway.StartAsync();
        _gateway.OpenAi.Models.Add("gpt-4o");
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task GetModel_Cloud_ShowsWhatItCanDoWhatItCostsAndItsLocalCounterpart()
    {
        JsonElement model = await GetAsync("openai:gpt-4o");

        (model.GetProperty("context_window").GetInt32(), model.GetProperty("supports_images").GetBoolean()).ShouldBe((128_000, true));
        model.GetProperty("strengths").EnumerateArray().Select(static strength => strength.GetString()).ShouldContain("reasoning");
        model.GetProperty("price").GetProperty("prompt_per_million").GetDecimal().ShouldBe(2.5m);
        model.GetProperty("recommended_temperature").GetDouble().ShouldBe(0.7);
        model.GetProperty("local_counterpart").GetString().ShouldBe("mistral");
        model.GetProperty("cloud_counterpart").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task GetModel_Local_ShowsTheCloudModelItsSavingsAreReckonedWith()
    {
        JsonElement model = await GetAsync("llama2");

        (model.GetProperty("local_counterpart").ValueKind, model.GetProperty("cloud_counterpart").GetString()).ShouldBe((JsonValueKind.Null, "openai:gpt-3.5-turbo"));
        model.GetProperty("strengths").EnumerateArray().Select(static strength => strength.GetString()).ShouldBe(["general_knowledge", "reasoning", "instruction_following"]);
    }

    [Fact]
    public async Task Complete_Answer_NamesTheVersionOfThePrices() =>
        (await _gateway.CompleteAsync()).GetProperty("routing_metrics").GetProperty("price_table_version").GetString().ShouldBe(Core.Models.ModelCatalogue.PriceTableVersion);

    private async Task<JsonElement> GetAsync(string model)
    {
        using HttpResponseMessage answer = await _gateway.Host.Guest.GetAsync($"/api/v1/models/{model}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }
}
