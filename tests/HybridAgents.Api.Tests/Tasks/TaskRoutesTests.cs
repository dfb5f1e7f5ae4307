using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Memory;
using HybridAgents.Core.Privacy;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.Tasks;

public sealed class TaskRoutesTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Task_FromCreationToDeletion_IsAsTold()
    {
        using HttpResponseMessage created = await _host.User.PostAsync("/api/v1/tasks", ApiHost.Json("""{"title":"Buy milk","priority":"high","due_date":"2026-12-01"}"""));
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        string url = created.Headers.Location!.OriginalString;
        JsonElement task = await created.JsonAsync();
        (task.GetProperty("status").GetString(), task.GetProperty("priority").GetString(), task.GetProperty("due_date").GetString()).ShouldBe(("pending", "high", "2026-12-01"));
        task.TryGetProperty("label", out _).ShouldBeFalse();

        using HttpResponseMessage changed = await _host.User.PatchAsync(url, ApiHost.Json("""{"status":"in_progress"}"""));
        (await changed.JsonAsync()).GetProperty("status").GetString().ShouldBe("in_progress");
        using HttpResponseMessage listed = await _host.Guest.GetAsync("/api/v1/tasks?status=in_progress&limit=5");
        (await listed.JsonAsync()).GetProperty("tasks").EnumerateArray().Single().GetProperty("title").GetString().ShouldBe("Buy milk");
        (await _host.User.DeleteAsync(url)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await _host.User.GetAsync(url)).ErrorAsync(HttpStatusCode.NotFound, "not_found");
        await (await _host.User.DeleteAsync(url)).ErrorAsync(HttpStatusCode.NotFound, "not_found");
        await (await _host.User.PatchAsync(url, ApiHost.Json("""{"title":"x"}"""))).ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("{}", "title")]
    [InlineData("""{"title":"x","due_date":"2026-02-30"}""", "due_date")]
    [InlineData("""{"title":"x","status":"all"}""", "status")]
    [InlineData("""{"title":"x","owner":"y"}""", "owner")]
    public async Task CreateTask_BadField_IsNamed(string body, string field)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync("/api/v1/tasks", ApiHost.Json(body));
        (await answer.FaultsAsync()).Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task Memory_ListedAndForgotten_IsGone()
    {
        IMemoryStore memory = _host.Services.GetRequiredService<IMemoryStore>();
        await memory.RememberAsync("default", "The user likes green tea.", MemoryCategory.Preferences, PrivacyLabel.Standard, default);
        await memory.RememberAsync("default", "The cat is called Mia.", MemoryCategory.Facts, PrivacyLabel.Standard, default);
        await memory.RememberAsync("other", "Not for this tenant.", MemoryCategory.Facts, PrivacyLabel.Standard, default);

        JsonElement found = await (await _host.Guest.GetAsync("/api/v1/memory?q=cat")).JsonAsync();
        JsonElement cat = found.GetProperty("items").EnumerateArray().Single();
        cat.GetProperty("text").GetString().ShouldBe("The cat is called Mia.");
        (await _host.User.DeleteAsync($"/api/v1/memory/{cat.GetProperty("id").GetString()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await _host.User.DeleteAsync("/api/v1/memory/mem_0")).ErrorAsync(HttpStatusCode.NotFound, "not_found");
        (await (await _host.User.DeleteAsync("/api/v1/memory")).JsonAsync()).GetProperty("count").GetInt32().ShouldBe(1);
        (await (await _host.User.GetAsync("/api/v1/memory")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await memory.ListAsync("other", default)).Count.ShouldBe(1);
    }
}
