using System.IO.Compression;
using System.Net;
using System.Text;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class WebToolTests : IAsyncLifetime
{
    private WebApplication _server = null!;
    private RequestDelegate _answer = static _ => Task.CompletedTask;
    private int _port;

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(http => _answer(http));
        await _server.StartAsync();
        _port = new Uri(_server.Urls.Single()).Port;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Fetch_HtmlPage_GivesItsText()
    {
        Answer("text/html; charset=utf-8", "<html><head><title>A &amp; B</title><script>evil()</script></head><body><h1>Head</h1><p>One<br>two</p><!-- no --></body></html>");
        ToolOutput output = await FetchAsync($"http://127.0.0.1:{_port}/page");

        output.ShouldBe(new($"URL: http://127.0.0.1:{_port}/page\nTitle: A & B\n\n# Head\n\nOne\ntwo"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/")]
    public async Task Fetch_AddressThatIsNotPublic_IsRefused(string url)
    {
        bool reached = false;
        _answer = _ =>
        {
            reached = true;
            return Task.CompletedTask;
        };
        using HttpFetchTool tool = new(new HttpFetchOptions());
        ToolOutput output = await tool.InvokeAsync(Call(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, _port)), default);

        output.ShouldBe(ToolOutput.Error("The address is not public; only public addresses may be read."));
        reached.ShouldBeFalse();
    }

    [Fact]
    public async Task Fetch_RedirectToAnAddressThatIsNotAllowed_IsRefused()
    {
        bool reached = false;
        _answer = http =>
        {
            reached |= http.Request.Host.Host == "127.0.0.2";
            http.Response.Redirect($"http://127.0.0.2:{_port}/");
            return Task.CompletedTask;
        };
        (await FetchAsync($"http://127.0.0.1:{_port}/")).Content.ShouldStartWith("The address is not public");
        reached.ShouldBeFalse();
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("http://user:word@127.0.0.1/")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task Fetch_OtherSchemesAndUserInformation_AreRefusedAlsoByRedirect(string target)
    {
        (await FetchAsync(target)).Content.ShouldContain("not allowed");
        _answer = http =>
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = target;
            return Task.CompletedTask;
        };
        (await FetchAsync($"http://127.0.0.1:{_port}/")).Content.ShouldContain("not allowed");
    }

    [Fact]
    public async Task Fetch_EndlessRedirects_Ends()
    {
        _answer = http =>
        {
            http.Response.Redirect("/again");
            return Task.CompletedTask;
        };
        (await FetchAsync($"http://127.0.0.1:{_port}/")).Content.ShouldContain("more than 5 times");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Fetch_PackedBomb_IsReadToTheBoundOnly(string encoding)
    {
        _answer = async http =>
        {
            http.Response.ContentType = "text/plain";
            http.Response.Headers.ContentEncoding = encoding;
            using MemoryStream packed = new();
            await using (Stream stream = encoding switch { "gzip" => new GZipStream(packed, CompressionLevel.Fastest), "br" => new BrotliStream(packed, CompressionLevel.Fastest), _ => new ZLibStream(packed, CompressionLevel.Fastest) })
            {
                byte[] block = new byte[1 << 20];
                Array.Fill(block, (byte)'x');
                for (int index = 0; index < 64; index++)
                    await stream.WriteAsync(block);
            }

            await http.Response.Body.WriteAsync(packed.ToArray());
        };
        ToolOutput output = await FetchAsync($"http://127.0.0.1:{_port}/");

        output.Content.ShouldContain("[only the first 10000 bytes]");
        output.Content.Length.ShouldBeLessThan(10_100);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    [InlineData("application/zip")]
    public async Task Fetch_OtherThanText_IsRefused(string type)
    {
        Answer(type, "bytes");
        (await FetchAsync($"http://127.0.0.1:{_port}/")).Content.ShouldContain(type);
    }

    [Fact]
    public async Task Fetch_ServerError_IsAnError()
    {
        _answer = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        (await FetchAsync($"http://127.0.0.1:{_port}/")).ShouldBe(ToolOutput.Error("The server answered 503."));
    }

    [Fact]
    public async Task Search_Endpoint_GivesItsResults()
    {
        string? asked = null;
        _answer = async http =>
        {
            asked = http.Request.QueryString.Value + http.Request.Headers.Authorization;
            await http.Response.WriteAsync("""{"results":[{"title":"T","url":"https://example.org","content":"C"},{"title":"U","url":"https://example.net"}]}""");
        };
        using WebSearchTool tool = new(new() { Enabled = true, Endpoint = new($"http://127.0.0.1:{_port}/search?lang=en"), ApiKey = "k" });
        ToolOutput output = await tool.InvokeAsync(new(Parse("""{"query":"a b&c","max_results":1}"""), "key", "t"), default);

        asked.ShouldBe("?lang=en&q=a%20b%26c&format=jsonBearer k");
        output.ShouldBe(new("Title: T\nURL: https://example.org\nSummary: C"));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task Search_UnusableAnswer_IsAnError(string body)
    {
        Answer("application/json", body);
        using WebSearchTool tool = new(new() { Enabled = true, Endpoint = new($"http://127.0.0.1:{_port}/search") });

        (await tool.InvokeAsync(new(Parse("""{"query":"a"}"""), "key", "t"), default)).ShouldBe(ToolOutput.Error("The search service gave no usable answer."));
    }

    [Fact]
    public void Definitions_OfNetworkTools_AreCloudUnlessTrusted()
    {
        using HttpFetchTool fetch = new(new HttpFetchOptions()), trusted = new(new HttpFetchOptions { Trusted = true });
        fetch.Definition.Locality.ShouldBe(Locality.Cloud);
        trusted.Definition.Locality.ShouldBe(Locality.Local);
    }

    private void Answer(string type, string body) => _answer = http =>
    {
        http.Response.ContentType = type;
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    };

    /// <summary>With 127.0.0.1 standing for the public internet.</summary>
    private static async Task<ToolOutput> FetchAsync(string url)
    {
        using HttpFetchTool tool = new(new HttpFetchOptions { MaxBytes = 10_000 }, static address => address.Equals(IPAddress.Loopback));
        return await tool.InvokeAsync(Call(url), default);
    }

    private static ToolInvocation Call(string url) => new(System.Text.Json.JsonSerializer.SerializeToElement(new { url }), "key", "t");
}
