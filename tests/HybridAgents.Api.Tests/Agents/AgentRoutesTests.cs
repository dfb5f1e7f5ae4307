using System.Net;
using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.Agents;

public sealed class AgentRoutesTests : IAsyncLifetime
{
    private const string Agents = "/api/v1/agents";
    private const string Poet = """{"agent_id":"poet","name":"Poet","system_prompt":"You write verse.","provider":"offline","model_id":"demo","tools":["calculate"],"temperature":1.5}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Create_Agent_IsThereWithItsDefaults()
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, Agents, Poet);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.Location!.ToString().ShouldBe($"{Agents}/poet");
        JsonElement made = await answer.JsonAsync();
        JsonElement read = await GetAsync($"{Agents}/poet");

        read.GetRawText().ShouldBe(made.GetRawText());
        read.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetString()).ShouldBe(["calculator"]);
        (read.GetProperty("version").GetInt32(), read.GetProperty("max_tokens").GetInt32(), read.GetProperty("temperature").GetDouble()).ShouldBe((1, 2048, 1.5));
        (read.GetProperty("stream").GetBoolean(), read.GetProperty("built_in").GetBoolean()).ShouldBe((true, false));
    }

    [Fact]
    public async Task Create_WithoutId_MakesOne()
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, Agents, """{"name":"Nameless"}""");
        (await answer.JsonAsync()).GetProperty("agent_id").GetString().ShouldStartWith("agent_");
    }

    [Theory]
    [InlineData("""{}""", "name", "required")]
    [InlineData("""{"name":""}""", "name", "1 to 255")]
    [InlineData("""{"name":"x","agent_id":"runs"}""", "agent_id", "taken by the server")]
    [InlineData("""{"name":"x","agent_id":"general"}""", "agent_id", "taken by the server")]
    [InlineData("""{"name":"x","agent_id":"A b"}""", "agent_id", "lower-case")]
    [InlineData("""{"name":"x","agent_type":"king"}""", "agent_type", "general")]
    [InlineData("""{"name":"x","temperature":2.1}""", "temperature", "0 to 2")]
    [InlineData("""{"name":"x","max_tokens":0}""", "max_tokens", "131072")]
    [InlineData("""{"name":"x","tools":["teleport"]}""", "tools[0]", "calculator")]
    [InlineData("""{"name":"x","tools":["calculator","calculate"]}""", "tools[1]", "second time")]
    [InlineData("""{"name":"x","provider":"ollama"}""", "provider", "model_id")]
    [InlineData("""{"name":"x","privacy_level":"secret"}""", "privacy_level", "local_only")]
    [InlineData("""{"name":"x","budget":{"window":"week"}}""", "budget.window", "month")]
    [InlineData("""{"name":"x","version":3}""", "version", "not a known field")]
    [InlineData("""{"name":"x","sub_agents":[{"name":"a","agent_id":"math"}]}""", "sub_agents", "meta only")]
    [InlineData("""{"name":"x","agent_type":"meta","sub_agents":[{"name":"a","agent_id":"nobody"}]}""", "sub_agents", "no 'nobody'")]
    [InlineData("""{"name":"x","agent_type":"meta","sub_agents":[{"name":"a","agent_id":"math"},{"name":"A","agent_id":"coding"}]}""", "sub_agents[1].name", "second time")]
    [InlineData("""{"name":"x","agent_type":"meta","sub_agents":[{"name":"a/b","agent_id":"math"}]}""", "sub_agents[0].name", "slashes")]
    public async Task Create_Wrong_NamesTheField(string body, string path, string message)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, Agents, body);
        Dictionary<string, string> faults = await answer.FaultsAsync();
        faults.Keys.ShouldContain(path);
        faults[path].ShouldContain(message);
    }

    [Fact]
    public async Task Create_IdTwice_IsAConflict()
    {
        using HttpResponseMessage first = await SendAsync(HttpMethod.Post, Agents, Poet);
        using HttpResponseMessage second = await SendAsync(HttpMethod.Post, Agents, Poet);
        await second.ErrorAsync(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Change_PutAndPatch_MakeVersionsThatCanBeRestored()
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        using HttpResponseMessage patched = await SendAsync(HttpMethod.Patch, $"{Agents}/poet", """{"temperature":0.1}""");
        JsonElement second = await patched.JsonAsync();
        using HttpResponseMessage replaced = await SendAsync(HttpMethod.Put, $"{Agents}/poet", """{"name":"Prose"}""", ifMatch: "\"2\"");
        JsonElement third = await replaced.JsonAsync();

        (second.GetProperty("temperature").GetDouble(), second.GetProperty("name").GetString(), second.GetProperty("version").GetInt32()).ShouldBe((0.1, "Poet", 2));
        (third.GetProperty("temperature").GetDouble(), third.GetProperty("model_id").GetString(), third.GetProperty("version").GetInt32()).ShouldBe((0.7, "auto", 3));
        (await GetAsync($"{Agents}/poet/versions")).GetProperty("versions").EnumerateArray().Select(static entry => entry.GetProperty("version").GetInt32()).ShouldBe([3, 2, 1]);

        using HttpResponseMessage restored = await SendAsync(HttpMethod.Post, $"{Agents}/poet/versions/1/restore", null);
        JsonElement fourth = await restored.JsonAsync();
        (fourth.GetProperty("temperature").GetDouble(), fourth.GetProperty("version").GetInt32()).ShouldBe((1.5, 4));
        using HttpResponseMessage unknown = await SendAsync(HttpMethod.Post, $"{Agents}/poet/versions/9/restore", null);
        await unknown.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("7", HttpStatusCode.Conflict, "conflict")]
    [InlineData("new", HttpStatusCode.BadRequest, "validation_error")]
    public async Task Change_IfMatchOfAnotherVersion_IsRefused(string ifMatch, HttpStatusCode status, string code)
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Patch, $"{Agents}/poet", """{"name":"Other"}""", ifMatch);
        await answer.ErrorAsync(status, code);
        (await GetAsync($"{Agents}/poet")).GetProperty("name").GetString().ShouldBe("Poet");
    }

    [Fact]
    public async Task Versions_ManyChanges_KeepsTheNewest()
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        for (int change = 0; change < 55; change++)
        {
            using HttpResponseMessage changed = await SendAsync(HttpMethod.Patch, $"{Agents}/poet", """{"description":"again"}""");
        }

        JsonElement versions = (await GetAsync($"{Agents}/poet/versions")).GetProperty("versions");
        (versions.GetArrayLength(), versions[0].GetProperty("version").GetInt32()).ShouldBe((50, 56));
    }

    [Theory]
    [InlineData("PUT", "", """{"name":"x"}""")]
    [InlineData("PATCH", "", """{"name":"x"}""")]
    [InlineData("DELETE", "", null)]
    [InlineData("POST", "/versions/1/restore", null)]
    public async Task Change_BuiltIn_IsAConflict(string method, string route, string? body)
    {
        using HttpResponseMessage answer = await SendAsync(new(method), $"{Agents}/research{route}", body);
        (await answer.ErrorAsync(HttpStatusCode.Conflict, "conflict")).GetProperty("message").GetString()!.ShouldContain("built in");
    }

    [Fact]
    public async Task Export_BuiltIn_CanBeImportedAsACopy()
    {
        string document = (await GetAsync($"{Agents}/research/export")).GetRawText();
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"{Agents}/import", $$"""{"agent_id":"my-research",{{document[1..]}}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonElement copy = await answer.JsonAsync();

        (copy.GetProperty("agent_id").GetString(), copy.GetProperty("built_in").GetBoolean()).ShouldBe(("my-research", false));
        (await GetAsync($"{Agents}/my-research/export")).GetRawText().ShouldBe(document);
    }

    [Theory]
    [InlineData("research", "", null, 0.7)]
    [InlineData("research", """{"agent_id":"finder","name":"Finder","temperature":0.1}""", "finder", 0.1)]
    [InlineData("poet", """{"temperature":0}""", null, 0)]
    public async Task Clone_AnyAgent_IsACopyWithWhatIsGiven(string source, string body, string? id, double temperature)
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        JsonElement original = await GetAsync($"{Agents}/{source}");
        using HttpResponseMessage answer = await _host.User.PostAsync($"{Agents}/{source}/clone", body.Length == 0 ? null : ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonElement copy = await answer.JsonAsync();
        answer.Headers.Location!.ToString().ShouldBe($"{Agents}/{copy.GetProperty("agent_id").GetString()}");
        if (id is not null)
            copy.GetProperty("agent_id").GetString().ShouldBe(id);
        (copy.GetProperty("built_in").GetBoolean(), copy.GetProperty("version").GetInt32(), copy.GetProperty("temperature").GetDouble()).ShouldBe((false, 1, temperature));
        foreach (string same in new[] { "agent_type", "tools", "system_prompt" })
            copy.GetProperty(same).GetRawText().ShouldBe(original.GetProperty(same).GetRawText());
        using HttpResponseMessage changed = await SendAsync(HttpMethod.Patch, $"{Agents}/{copy.GetProperty("agent_id").GetString()}", """{"name":"Mine"}""");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync($"{Agents}/{source}")).GetRawText().ShouldBe(original.GetRawText());
    }

    [Theory]
    [InlineData("nobody", "{}", HttpStatusCode.NotFound, "not_found")]
    [InlineData("research", """{"agent_id":"poet"}""", HttpStatusCode.Conflict, "conflict")]
    [InlineData("research", """{"agent_id":"math"}""", HttpStatusCode.BadRequest, "validation_error")]
    [InlineData("research", """{"version":2}""", HttpStatusCode.BadRequest, "validation_error")]
    public async Task Clone_Wrong_IsRefused(string source, string body, HttpStatusCode expected, string code)
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"{Agents}/{source}/clone", body);
        await answer.ErrorAsync(expected, code);
    }

    [Fact]
    public async Task Import_Wrong_NamesTheFieldBelowAgent()
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"{Agents}/import", """{"format":"hybridagents.agent/1","agent":{"name":"x","tools":["teleport"]}}""");
        (await answer.FaultsAsync()).Keys.ShouldBe(["agent.tools[0]"]);
    }

    [Fact]
    public async Task List_Agents_HasTheBuiltInOnesFirstAndPages()
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        JsonElement all = await GetAsync(Agents);
        string?[] ids = [.. all.GetProperty("agents").EnumerateArray().Select(static agent => agent.GetProperty("agent_id").GetString())];
        ids[0].ShouldBe("general");
        ids[^1].ShouldBe("poet");
        JsonElement page = await GetAsync($"{Agents}?limit=1&offset={ids.Length - 1}");
        (page.GetProperty("total").GetInt32(), page.GetProperty("agents")[0].GetProperty("agent_id").GetString()).ShouldBe((ids.Length, "poet"));
    }

    [Fact]
    public async Task Tools_Agent_AreShownWithDetails()
    {
        JsonElement tools = await GetAsync($"{Agents}/math/tools");
        tools.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetString()).ShouldBe(["calculator"]);
        tools.GetProperty("tool_details")[0].GetProperty("description").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Delete_Agent_IsGoneWithItsVersions()
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        using HttpResponseMessage deleted = await _host.User.DeleteAsync($"{Agents}/poet");
        (await deleted.JsonAsync()).GetProperty("success").GetBoolean().ShouldBeTrue();
        foreach (string route in new[] { "", "/versions", "/export", "/tools" })
        {
            using HttpResponseMessage gone = await _host.User.GetAsync($"{Agents}/poet{route}");
            await gone.ErrorAsync(HttpStatusCode.NotFound, "not_found");
        }

        using HttpResponseMessage again = await SendAsync(HttpMethod.Post, Agents, Poet);
        (await again.JsonAsync()).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("?conversations=keep", 1)]
    [InlineData("?conversations=delete", 0)]
    public async Task Delete_AgentWithConversations_TakesThemIfAsked(string query, int left)
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        foreach (string body in new[] { """{"agent_id":"poet"}""", """{"agent_type":"math"}""" })
        {
            using HttpResponseMessage begun = await SendAsync(HttpMethod.Post, "/api/v1/conversations", body);
            begun.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        (await CountAsync("?agent_id=poet")).ShouldBe(1);
        using HttpResponseMessage deleted = await _host.User.DeleteAsync($"{Agents}/poet{query}");
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CountAsync("?agent_id=poet"), await CountAsync("?agent_id=math"), await CountAsync("")).ShouldBe((left, 1, left + 1));

        async Task<int> CountAsync(string filter) => (await GetAsync($"/api/v1/conversations{filter}")).GetProperty("conversations").GetArrayLength();
    }

    [Fact]
    public async Task Agent_OfAnotherTenant_IsNotThere()
    {
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, Agents, Poet);
        string key = ApiKey.New();
        await _host.Services.GetRequiredService<ApiKeyStore>().AddAsync(key, "other", ApiRole.ADMIN, "standard", "other", null, CancellationToken.None);
        using HttpClient other = _host.Client(key);
        using HttpResponseMessage read = await other.GetAsync($"{Agents}/poet");
        await read.ErrorAsync(HttpStatusCode.NotFound, "not_found");
        using HttpResponseMessage deleted = await other.DeleteAsync($"{Agents}/poet");
        await deleted.ErrorAsync(HttpStatusCode.NotFound, "not_found");
        (await GetAsync($"{Agents}/poet")).GetProperty("name").GetString().ShouldBe("Poet");
    }

    [Fact]
    public async Task Create_AsGuest_IsForbidden()
    {
        using HttpResponseMessage answer = await _host.Guest.PostAsync(Agents, ApiHost.Json(Poet));
        await answer.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    private async Task<JsonElement> GetAsync(string route)
    {
        using HttpResponseMessage answer = await _host.User.GetAsync(route);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.JsonAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, string? body, string? ifMatch = null)
    {
        using HttpRequestMessage request = new(method, route) { Content = body is null ? null : ApiHost.Json(body) };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await _host.User.SendAsync(request);
    }
}
