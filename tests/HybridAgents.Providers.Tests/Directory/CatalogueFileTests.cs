using System.Text;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Directory;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Directory;

/// <summary>The operator's catalogue.</summary>
public sealed class CatalogueFileTests : IDisposable
{
    private readonly string _path = Path.Combine(System.IO.Directory.CreateTempSubdirectory("hybrid-catalogue-").FullName, "models.json");
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => System.IO.Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public async Task Get_FileChanges_NextDecisionSeesIt()
    {
        await using OpenAiWireServer server = await OpenAiWireServer.StartAsync();
        await using ProviderHarness harness = new(
            [("Providers:OpenAI:Endpoint", server.Endpoint.ToString()), ("Providers:Ollama:Enabled", "false"), ("Models:Catalogue", _path)], _time);
        ModelInfo before = await ModelAsync(harness);

        await File.WriteAllTextAsync(_path, """{ "price_table_version": "acme", "models": [ { "name": "openai:gpt-4o", "quality": 0.1, "price": { "prompt_per_million": 1, "completion_per_million": 2.5 } } ] }""");
        (await ModelAsync(harness)).ShouldBe(before, "It is looked at every 2 s.");
        _time.Advance(TimeSpan.FromSeconds(2));
        (await ModelAsync(harness)).ShouldBe(before with { Quality = 0.1, Price = new(1, 2.5m) });

        await File.WriteAllTextAsync(_path, """{ "models": [ { "name": "gpt-4o", "quality": 7 } ] }""");
        _time.Advance(TimeSpan.FromSeconds(2));
        (await ModelAsync(harness)).Quality.ShouldBe(0.1, "A file that is wrong changes nothing.");

        File.Delete(_path);
        _time.Advance(TimeSpan.FromSeconds(2));
        (await ModelAsync(harness)).ShouldBe(before);
    }

    [Theory]
    [InlineData("""{"models":[{"name":"a"},{"name":"b","quality":1.5}]}""", "models[1].quality must be a number from 0 to 1")]
    [InlineData("""{"models":[{"quality":0.5}]}""", "models[0].name must be a model's name, with or without its provider before a colon")]
    [InlineData("""{"models":[{"name":"a","speed":"quick"}]}""", "models[0].speed must be fast, medium or slow")]
    [InlineData("""{"models":[{"name":"a","price":{"prompt_per_million":1}}]}""", "models[0].price.completion_per_million must be US dollars per million tokens")]
    [InlineData("""{"models":[{"name":"a","colour":1}]}""", "models[0].colour is not a known field; allowed are name, context_window, max_output_tokens, quality, speed, temperature, tools, images, price")]
    [InlineData("""{"models":{}}""", "models must be a list of at most 10000 models")]
    [InlineData("[]", "it must be an object")]
    [InlineData("{\n\"models\": [,]}", "it is not valid JSON (line 2, byte 12)")]
    public void Read_Wrong_NamesThePlaceAndWhatIsAllowed(string json, string message) =>
        Should.Throw<FormatException>(() => CatalogueReader.Read(Encoding.UTF8.GetBytes(json))).Message.ShouldBe(message);

    [Fact]
    public void Read_EntryForOneProvider_CountsMore()
    {
        Catalogue catalogue = CatalogueReader.Read(Encoding.UTF8.GetBytes("""{ "models": [ { "name": "m", "quality": 0.1 }, { "name": "OpenAI:m", "quality": 0.2 }, ] }"""));
        catalogue.Models.First(entry => entry.IsFor(new("openai", "m"))).Quality.ShouldBe(0.2);
        catalogue.Models.First(entry => entry.IsFor(new("ollama", "m:latest"))).Quality.ShouldBe(0.1);
    }

    private static async Task<ModelInfo> ModelAsync(ProviderHarness harness) => (await harness.Directory.GetAsync(default)).Models.Single(model => model.Ref.Model == "gpt-4o");
}
