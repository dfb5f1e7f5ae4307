using System.Net;
using System.Text;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Requests;

/// <summary>What a hostile or careless client may send. After each, the host still answers.</summary>
public sealed class BodyTests : IAsyncLifetime
{
    private const string Run = "/api/v1/agents/run";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync()
    {
        using HttpResponseMessage answer = await _host.Anonymous.GetAsync("/api/health");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{\"messages\":[}")]
    [InlineData("nonsense")]
    [InlineData("{} {}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{\"messages\":[],\"messages\":[]}")]
    [InlineData("{\"metadata\":{\"a\":1,\"a\":2}}")]
    [InlineData("{\"metadata\":{\"a\":\"\\ud800\"}}")]
    [InlineData("{\"\\udfff\":1}")]
    public async Task Post_NotAJsonObject_IsRefused(string body)
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(body));
        string fault = (await answer.FaultsAsync())["body"];
        fault.ShouldNotContain("(line ,"); // A place is named only where one is known.
    }

    [Fact]
    public async Task Post_InvalidUtf8_IsRefused()
    {
        byte[] body = [.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xC3, 0x28, .. "\"}]}"u8];
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, new ByteArrayContent(body));
        (await answer.FaultsAsync())["body"].ShouldContain("UTF-8");
    }

    [Theory]
    [InlineData("[", "]", 33)]
    [InlineData("{\"a\":", "}", 33)]
    [InlineData("[", "", 100_000)]
    public async Task Post_TooDeep_IsRefused(string open, string close, int depth)
    {
        string body = $"{{\"metadata\":{string.Concat(Enumerable.Repeat(open, depth))}1{string.Concat(Enumerable.Repeat(close, depth))}}}";
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(body));
        (await answer.FaultsAsync())["body"].ShouldContain("depth");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_TwoMebibytes_IsTooLarge(bool chunked)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Run) { Content = new ByteArrayContent(new byte[2 * 1024 * 1024]) };
        request.Headers.TransferEncodingChunked = chunked;
        using HttpResponseMessage answer = await _host.Admin.SendAsync(request);
        await answer.ErrorAsync(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_ExactlyOneMebibyte_IsRead(bool chunked)
    {
        byte[] body = new byte[1024 * 1024];
        Array.Fill(body, (byte)' ');
        "{}"u8.CopyTo(body);
        using HttpRequestMessage request = new(HttpMethod.Post, Run) { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using HttpResponseMessage answer = await _host.Admin.SendAsync(request);
        (await answer.FaultsAsync()).ShouldContainKey("messages");
    }

    [Fact]
    public async Task Post_MessageOf100000Characters_IsTakenAndOneMoreIsNot()
    {
        static string Body(int length) => $$"""{"messages":[{"role":"user","content":"{{new string('ä', length)}}"}]}""";
        using HttpResponseMessage fits = await _host.Admin.PostAsync(Run, ApiHost.Json(Body(100_000)));
        fits.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(Body(100_001)));
        (await answer.FaultsAsync())["messages[0].content"].ShouldContain("100000");
    }

    [Fact]
    public async Task Post_EmojiBeyondTheBasicPlane_CountAsOneCharacterEach()
    {
        string body = $$"""{"messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("😀", 60_000))}}"}]}""";
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Post_501Messages_IsRefused()
    {
        string message = """{"role":"user","content":"x"}""";
        string body = $$"""{"messages":[{{string.Join(',', Enumerable.Repeat(message, 501))}}]}""";
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(body));
        (await answer.FaultsAsync())["messages"].ShouldContain("500");
    }

    [Fact]
    public async Task Post_ThousandsOfFaults_NamesTheFirstFifty()
    {
        string body = $$"""{"messages":[{{string.Join(',', Enumerable.Repeat("1", 500))}}]}""";
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(body));
        (await answer.FaultsAsync()).Count.ShouldBe(50);
    }

    [Fact]
    public async Task Get_GiantHeader_IsRefused()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/health");
        request.Headers.Add("x-giant", new string('x', 64 * 1024));
        using HttpResponseMessage answer = await _host.Anonymous.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Fact]
    public async Task Get_GarbageInsteadOfHttp_IsRefused()
    {
        using System.Net.Sockets.TcpClient socket = new();
        await socket.ConnectAsync(IPAddress.Loopback, _host.Url.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("\0\u0001\u0002 garbage\r\n\r\n"));
        using StreamReader reader = new(socket.GetStream());
        (await reader.ReadLineAsync()).ShouldNotBeNull().ShouldContain("400");
    }
}
