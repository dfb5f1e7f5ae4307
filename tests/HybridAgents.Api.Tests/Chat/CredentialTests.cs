using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>A caller's own credential (<c>auth_override</c>).</summary>
public sealed class CredentialTests : IAsyncLifetime
{
    private const string Secret = "sk-callers-own-0123456789";
    private const string Override = $$""","model":"openai:gpt-4o","temperature":0,"auth_override":{"api_key":"{{Secret}}"}""";

    private readonly ConcurrentQueue<string> _logs = new();
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync(services: services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Logs(_logs))));

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Override_IsUsedForThisCallOnly(bool stream)
    {
        (await (await _gateway.PostAsync(Gateway.Body(rest: Override + (stream ? ""","stream":true""" : "")))).Content.ReadAsStringAsync()).ShouldContain("OpenAI.");
        await _gateway.CompleteAsync(rest: ""","model":"openai:gpt-4o" """);

        _gateway.OpenAi.Requests.Select(static request => request.Headers["Authorization"]).ShouldBe([$"Bearer {Secret}", "Bearer sk-wire"]);
    }

    [Fact]
    public async Task Override_Answers_AreNotRemembered()
    {
        for (int call = 0; call < 2; call++)
            await _gateway.CompleteAsync(rest: Override);
        await _gateway.CompleteAsync(rest: ""","model":"openai:gpt-4o","temperature":0""");
        _gateway.OpenAi.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Override_ProviderFails_IsNotAskedOfAnother()
    {
        _gateway.OpenAi.Enqueue(WireReply.Refuses(401, $"Incorrect API key provided: {Secret}"));
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: $$""","auth_override":{"api_key":"{{Secret}}","provider":"OpenAI"}"""));

        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway, text);
        text.ShouldNotContain(Secret);
        _gateway.Ollama.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Override_RefusedAgainAndAgain_OpensNobodysCircuit()
    {
        for (int call = 0; call < 8; call++)
        {
            _gateway.OpenAi.Enqueue(WireReply.Refuses(503));
            await _gateway.PostAsync(Gateway.Body(rest: Override));
        }

        (await _gateway.CompleteAsync(rest: ""","model":"openai:gpt-4o" """)).GetProperty("provider").GetString().ShouldBe("openai");
    }

    [Fact]
    public async Task Override_HostHasNoCredential_CallersOwnServes()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        gateway.OpenAi.ModelsStatus = 401;
        JsonElement answer = await gateway.CompleteAsync(rest: Override.Replace("gpt-4o", "gpt-4.1", StringComparison.Ordinal));
        answer.GetProperty("model").GetString().ShouldNotBeNullOrEmpty();
        gateway.OpenAi.Requests.ShouldHaveSingleItem().Json.GetProperty("model").GetString().ShouldBe("gpt-4.1");
    }

    [Fact]
    public async Task Override_PrivateText_StillStaysLocal()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body("my password is hunter2", Override));
        await answer.ErrorAsync(HttpStatusCode.UnprocessableEntity, "privacy_unsatisfiable");
        _gateway.OpenAi.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(""","auth_override":{"api_key":"sk-x"}""", "auth_override.provider")]
    [InlineData(""","auth_override":{"api_key":"sk-x","provider":"openai"},"routing_preferences":{"force_provider":"ollama"}""", "auth_override.provider")]
    [InlineData(""","auth_override":{"api_key":"sk x","provider":"openai"}""", "auth_override.api_key")]
    [InlineData(""","auth_override":{"provider":"openai"}""", "auth_override.api_key")]
    public async Task Override_Unclear_IsRefused(string rest, string field)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: rest));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).GetProperty("error").GetProperty("param").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task Override_Secret_IsInNoLogSpanAnswerOrFile()
    {
        ConcurrentQueue<string> spans = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Enqueue($"{span.DisplayName} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Baggage)}"),
        };
        ActivitySource.AddActivityListener(listener);
        string answers = (await _gateway.CompleteAsync(rest: Override)).GetRawText();
        _gateway.OpenAi.Enqueue(WireReply.Refuses(401, $"Incorrect API key provided: {Secret}"));
        answers += await (await _gateway.PostAsync(Gateway.Body(rest: Override))).Content.ReadAsStringAsync();
        answers += await (await _gateway.PostAsync(Gateway.Body(rest: Override), "/api/v1/route/explain")).Content.ReadAsStringAsync();
        answers += await _gateway.Host.Admin.GetStringAsync("/metrics");
        await _gateway.Host.StopAsync();

        answers.ShouldNotContain(Secret);
        _logs.ShouldNotBeEmpty();
        string.Join('\n', _logs).ShouldNotContain(Secret);
        spans.ShouldNotBeEmpty();
        string.Join('\n', spans).ShouldNotContain(Secret);
        string[] files = Directory.GetFiles(_gateway.Host.Folder, "*", SearchOption.AllDirectories);
        files.ShouldNotBeEmpty();
        files.ShouldAllBe(file => !Holds(file));
    }

    private static bool Holds(string file) => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0;

    private sealed class Logs(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            lines.Enqueue(state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
