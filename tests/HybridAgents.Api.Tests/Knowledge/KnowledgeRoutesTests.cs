using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Knowledge;

public sealed class KnowledgeRoutesTests : IAsyncLifetime
{
    private const string Documents = "/api/v1/knowledge/documents";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Document_FromUploadToDeletion_IsAsTold()
    {
        using HttpResponseMessage added = await AddAsync("""{"content":"<title>Trips</title><h1>Rail</h1><p>Book trains early.","format":"html","privacy_level":"private"}""");
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        string url = added.Headers.Location!.OriginalString;
        JsonElement info = await added.JsonAsync();
        (info.GetProperty("title").GetString(), info.GetProperty("chunks").GetInt32(), info.GetProperty("privacy_level").GetString()).ShouldBe(("Trips", 1, "private"));

        using HttpResponseMessage shown = await _host.Guest.GetAsync(url);
        (await shown.JsonAsync()).GetProperty("content").GetString().ShouldBe("# Rail\n\nBook trains early.");
        using HttpResponseMessage found = await _host.Guest.GetAsync("/api/v1/knowledge/search?q=early%20trains&limit=3");
        JsonElement hit = (await found.JsonAsync()).GetProperty("results").EnumerateArray().Single();
        url.ShouldEndWith(hit.GetProperty("id").GetString()!);
        (hit.GetProperty("section").GetString(), hit.GetProperty("start").GetInt32(), hit.GetProperty("summary").GetString()).ShouldBe(("Rail", 0, "Rail: Book trains early."));
        using HttpResponseMessage listed = await _host.Guest.GetAsync(Documents);
        (await listed.JsonAsync()).GetProperty("total").GetInt32().ShouldBe(1);

        (await _host.User.DeleteAsync(url)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await _host.User.GetAsync(url)).ErrorAsync(HttpStatusCode.NotFound, "not_found");
        await (await _host.User.DeleteAsync(url)).ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("{}", "content")]
    [InlineData("""{"content":" \n "}""", "content")]
    [InlineData("""{"content":"<script>x</script>","format":"html"}""", "content")]
    [InlineData("""{"content":"x","format":"pdf"}""", "format")]
    [InlineData("""{"content":"%PDF-1.7\n%âãÏÓ\n1 0 obj"}""", "content")]
    [InlineData("""{"content":"x","privacy_level":"secret"}""", "privacy_level")]
    public async Task AddDocument_BadField_IsNamed(string body, string field)
    {
        using HttpResponseMessage answer = await AddAsync(body);
        (await answer.FaultsAsync()).Keys.ShouldBe([field]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?q=")]
    [InlineData("?q=x&limit=21")]
    public async Task Search_BadQuery_Is400(string query)
    {
        using HttpResponseMessage answer = await _host.User.GetAsync("/api/v1/knowledge/search" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task AddDocument_GuestKey_Is403()
    {
        using HttpResponseMessage answer = await _host.Guest.PostAsync(Documents, ApiHost.Json("""{"content":"x"}"""));
        await answer.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    private Task<HttpResponseMessage> AddAsync(string body) => _host.User.PostAsync(Documents, ApiHost.Json(body));
}
