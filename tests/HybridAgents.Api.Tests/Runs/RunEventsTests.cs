using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Tests.Runs;

public sealed class RunEventsTests : IAsyncLifetime
{
    private const string Path = $"/api/v1/agents/runs/{Views.RunId}/events";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Watch_Events_ArriveOneByOneAsServerSentEvents()
    {
        using HttpResponseMessage answer = await OpenAsync();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        (await ReadAsync(reader)).ShouldBe(["retry: 1000"]);

        Send(Views.Event(1, "run.created"));
        (await ReadAsync(reader)).ShouldBe(["id: 1", "event: run.created", $$"""data: {"sequence":1,"type":"run.created","run_id":"{{Views.RunId}}","time":"2026-01-01T00:00:00Z"}"""]);
        Send(Views.Event(2, "message.delta", """{"message_id":"m","attempt":1,"index":0,"delta":"a\nb"}"""));
        string[] delta = await ReadAsync(reader);
        delta.Length.ShouldBe(3);
        JsonElement.Parse(delta[2]["data: ".Length..]).GetProperty("delta").GetString().ShouldBe("a\nb");

        Send(Views.Event(3, "run.completed"));
        _host.Runs.Events.Writer.Complete();
        (await ReadAsync(reader))[0].ShouldBe("id: 3");
        (await reader.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_AcceptingNdjson_GetsALineAnEvent()
    {
        using HttpResponseMessage answer = await OpenAsync(accept: "application/x-ndjson");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        Send(Views.Event(1, "run.created"));
        Send(Views.Event(2, "run.completed"));
        _host.Runs.Events.Writer.Complete();
        string[] lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(static line => JsonElement.Parse(line).GetProperty("sequence").GetInt64()).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData("", null, 0)]
    [InlineData("", "5", 5)]
    [InlineData("?starting_after=3", null, 3)]
    [InlineData("?starting_after=3", "5", 3)]
    public async Task Watch_FromAPosition_QueryWinsOverHeader(string query, string? header, long expected)
    {
        _host.Runs.Events.Writer.Complete();
        using HttpResponseMessage answer = await OpenAsync(query, header);
        await answer.Content.ReadAsStringAsync();
        _host.Runs.StartingAfter.ShouldBe(expected);
    }

    [Theory]
    [InlineData("?starting_after=-1", null, "query.starting_after")]
    [InlineData("?starting_after=x", null, "query.starting_after")]
    [InlineData("", "x", "header.Last-Event-ID")]
    public async Task Watch_FromNowhere_IsRefused(string query, string? header, string path)
    {
        using HttpResponseMessage answer = await OpenAsync(query, header);
        (await answer.FaultsAsync()).ShouldContainKey(path);
    }

    [Fact]
    public async Task Watch_EndedRunWithNothingLeft_IsNoContent()
    {
        _host.Runs.View = Views.Completed();
        using HttpResponseMessage nothing = await OpenAsync("?starting_after=17");
        nothing.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _host.Runs.Events.Writer.Complete();
        using HttpResponseMessage rest = await OpenAsync("?starting_after=16");
        rest.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Watch_Silence_IsBrokenByHeartbeats()
    {
        using HttpResponseMessage answer = await OpenAsync();
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        await ReadAsync(reader);
        for (int beat = 0; beat < 2; beat++)
        {
            Task<string[]> next = ReadAsync(reader);
            await TestWait.UntilAsync(() => _host.Time.PendingTimers > 0);
            _host.Time.Advance(TimeSpan.FromSeconds(15));
            (await next).ShouldBe([": keep-alive"]);
        }

        Send(Views.Event(1, "run.created"));
        (await ReadAsync(reader))[0].ShouldBe("id: 1");
    }

    [Fact]
    public async Task Watch_ClientGoesAway_EndsTheWatch()
    {
        using (HttpResponseMessage answer = await OpenAsync())
        {
            using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
            await ReadAsync(reader);
        }

        await _host.Runs.WatchEnded.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Watch_HostStops_EndsTheStreamWithoutATerminalEvent()
    {
        using HttpResponseMessage answer = await OpenAsync();
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        await ReadAsync(reader);
        await _host.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        (await reader.ReadToEndAsync()).ShouldBeEmpty();
    }

    private void Send(RunEvent item) => _host.Runs.Events.Writer.TryWrite(item).ShouldBeTrue();

    private async Task<HttpResponseMessage> OpenAsync(string query = "", string? lastEventId = null, string? accept = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Path + query);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        return await _host.Guest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The lines up to the next empty one.</summary>
    private static async Task<string[]> ReadAsync(StreamReader reader)
    {
        List<string> lines = [];
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { Length: > 0 } line)
            lines.Add(line);
        return [.. lines];
    }
}
