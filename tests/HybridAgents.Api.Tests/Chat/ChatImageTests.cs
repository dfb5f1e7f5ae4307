using System.Net;
using System.Text.Json;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Messages with images.</summary>
public sealed class ChatImageTests : IAsyncLifetime
{
    private const string Pixel = "iVBORw0KGgo=";
    private const string Data = $"data:image/png;base64,{Pixel}";
    private const string Address = "https://example.org/cat.png";
    private const string Consent = ""","routing_preferences":{"allow_cloud_private":true}""";

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Complete_LocalModelSees_GetsTheImageAndNobodyElse()
    {
        _gateway.Ollama.Models.Add(new("llava:latest") { Capabilities = ["completion", "vision"] });
        JsonElement body = await CompleteAsync(Data);
        (body.GetProperty("provider").GetString(), body.GetProperty("model").GetString()).ShouldBe(("ollama", "llava:latest"));
        JsonElement message = _gateway.Ollama.Requests.ShouldHaveSingleItem().Json.GetProperty("messages")[0];
        message.GetProperty("images").EnumerateArray().Select(static image => image.GetString()).ShouldBe([Pixel]);
        message.GetProperty("content").GetString()!.ShouldContain("Before.");
        JsonElement metrics = body.GetProperty("routing_metrics");
        metrics.GetProperty("privacy_impact").GetString().ShouldBe("high");
        metrics.GetProperty("decision_factors").EnumerateArray().Select(static factor => factor.GetString()).ShouldContain("images_required");
        metrics.GetProperty("rejected").EnumerateArray().Select(static entry => entry.GetRawText()).ShouldContain("""{"candidate":"ollama:llama2:latest","reason":"images_unsupported"}""");
        _gateway.OpenAi.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Complete_OnlyTheCloudSees_NeedsConsent()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Body(Data));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.UnprocessableEntity, "privacy_unsatisfiable");
        error.GetProperty("message").GetString()!.ShouldContain("allow_cloud_private");
        _gateway.OpenAi.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Data)]
    [InlineData(Address)]
    public async Task Complete_WithConsent_TheCloudGetsTextAndImageInOrder(string url)
    {
        JsonElement body = await CompleteAsync(url, Consent);
        body.GetProperty("provider").GetString().ShouldBe("openai");
        JsonElement[] parts = [.. _gateway.OpenAi.Requests.ShouldHaveSingleItem().Json.GetProperty("messages")[0].GetProperty("content").EnumerateArray()];
        parts.Select(static part => part.GetProperty("type").GetString()).ShouldBe(["text", "image_url", "text"]);
        (parts[0].GetProperty("text").GetString(), parts[2].GetProperty("text").GetString()).ShouldBe(("Before.", "After."));
        parts[1].GetProperty("image_url").GetProperty("url").GetString().ShouldBe(url);
        parts[1].GetProperty("image_url").GetProperty("detail").GetString().ShouldBe("low");
    }

    [Fact]
    public async Task Complete_AddressForAServerThatFetchesNothing_Is400()
    {
        _gateway.Ollama.Models.Add(new("llava:latest") { Capabilities = ["completion", "vision"] });
        using HttpResponseMessage answer = await _gateway.PostAsync(Body(Address));
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "parameter_not_supported")).GetProperty("param").GetString().ShouldBe("messages");
        _gateway.Ollama.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Complete_NamedModelIsBlind_Is400()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Body(Data, ""","model":"ollama:llama2" """));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "parameter_not_supported");
        (error.GetProperty("param").GetString(), error.GetProperty("message").GetString()).ShouldBe(("messages", "No model that may serve the request can see images."));
    }

    [Theory]
    [InlineData("user", """{"type":"image_url","image_url":{"url":"http://example.org/a.png"}}""", "image_url.url")]
    [InlineData("user", """{"type":"image_url","image_url":{"url":"https://u:p@example.org/a.png"}}""", "image_url.url")]
    [InlineData("user", """{"type":"image_url","image_url":{"url":"data:image/tiff;base64,AAAA"}}""", "image_url.url")]
    [InlineData("user", """{"type":"image_url","image_url":{"url":"data:image/png;base64,?"}}""", "image_url.url")]
    [InlineData("user", """{"type":"image_url","image_url":{"url":"data:image/png;base64,"}}""", "image_url.url")]
    [InlineData("user", """{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"huge"}}""", "image_url.detail")]
    [InlineData("user", """{"type":"image_url"}""", "image_url")]
    [InlineData("assistant", """{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}""", "type")]
    [InlineData("user", """{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}""", "type")]
    [InlineData("user", """{"type":"file","file":{"file_id":"f"}}""", "type")]
    public async Task Complete_PartThatIsNotTaken_Is400ThatNamesIt(string role, string part, string path)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync($$"""{"messages":[{"role":"{{role}}","content":[{"type":"text","text":"See:"},{{part}}]}]}""");
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetProperty("param").GetString().ShouldBe($"messages[0].content[1].{path}");
    }

    [Fact]
    public async Task Complete_ImageTooLarge_Is400ThatSaysHowLarge()
    {
        string large = Convert.ToBase64String(new byte[ImageReader.MaxBytes + 1]);
        using HttpResponseMessage answer = await _gateway.PostAsync(Body($"data:image/png;base64,{large}"));
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetRawText().ShouldContain("is an image of 5242881 bytes; at most 5242880 are allowed");
    }

    [Fact]
    public async Task Complete_TooManyImages_Is400()
    {
        string image = $$"""{"type":"image_url","image_url":{"url":"{{Data}}"} }""";
        string message = $$"""{"role":"user","content":[{{string.Join(',', Enumerable.Repeat(image, 11))}}]}""";
        using HttpResponseMessage answer = await _gateway.PostAsync($$"""{"messages":[{{message}},{{message}}]}""");
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetProperty("param").GetString().ShouldBe("messages[1].content[9].image_url.url");
    }

    private async Task<JsonElement> CompleteAsync(string url, string rest = "") => await (await _gateway.PostAsync(Body(url, rest))).JsonAsync();

    private static string Body(string url, string rest = "") =>
        $$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Before."},{"type":"image_url","image_url":{"url":"{{url}}","detail":"low"} },{"type":"text","text":"After."}]}]{{rest}} }""";
}
