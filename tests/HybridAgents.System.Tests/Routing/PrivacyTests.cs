using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.System.Tests.Routing;

/// <summary>Private text never reaches a cloud provider, whatever the local one does. What the cloud server got is searched for the text.</summary>
public sealed class PrivacyTests : IAsyncLifetime
{
    private const string LocalOnly = ""","routing_preferences":{"privacy_level":"local_only"}""";

    /// <summary>The text, what of it must not leave, and the rest of the request. Complex texts, which the router would rather send to the cloud.</summary>
    private static readonly (string Text, string Secret, string Extra)[] PrivateRuns =
    [
        ("Analyse and evaluate in detail, step by step: my password is hunter2-blue, is it complex?", "hunter2-blue", ""),
        ("Compare and explain in detail the design of this payment: card 4111 1111 1111 1111.", "4111", ""),
        ("Analyse and compare in detail the plan of Zanzibar-7.", "Zanzibar-7", LocalOnly),
        ("Evaluate the plan of Quillfeather-9 in detail.", "Quillfeather-9", ""","routing_preferences":{"privacy_level":"local_only","force_provider":"openai"}"""),
        ("Evaluate the plan of Marrowbone-5.", "Marrowbone-5", ""","agent_config":{"model":"openai:gpt-4o"},"routing_preferences":{"privacy_level":"private"}"""),
    ];

    private OllamaWireServer _ollama = null!;
    private OpenAiWireServer _openAi = null!;

    public async Task InitializeAsync()
    {
        _ollama = await OllamaWireServer.StartAsync();
        _openAi = await OpenAiWireServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _ollama.DisposeAsync();
        await _openAi.DisposeAsync();
    }

    [Theory]
    [InlineData("well", new[] { "completed", "completed", "completed", "privacy_unsatisfiable", "privacy_unsatisfiable" })]
    [InlineData("500", new[] { "provider_error", "provider_error", "provider_error", "privacy_unsatisfiable", "privacy_unsatisfiable" })]
    [InlineData("cut", new[] { "provider_error", "provider_error", "provider_error", "privacy_unsatisfiable", "privacy_unsatisfiable" })]
    [InlineData("gone", new[] { "provider_error", "provider_error", "provider_error", "privacy_unsatisfiable", "privacy_unsatisfiable" })]
    [InlineData("down", new[] { "privacy_unsatisfiable", "privacy_unsatisfiable", "privacy_unsatisfiable", "privacy_unsatisfiable", "privacy_unsatisfiable" })]
    public async Task Run_PrivateText_NeverReachesTheCloud(string ollama, string[] outcomes)
    {
        _ollama.Respond = ollama switch
        {
            "500" => static _ => WireReply.Refuses(500, "broken"),
            "cut" => static _ => WireReply.Says("Half ", "an answer").CutAfter(1),
            _ => static _ => WireReply.Says("Local answer."),
        };
        await using TestHost host = await TestHost.StartNewAsync([.. TestHost.For(_ollama, _openAi), "--Breaker:Failures", "1000"]);
        RunClient client = await host.Client;
        if (ollama == "gone") // After it was known to be there.
            await client.WaitAsync(await client.StartAsync(RunClient.Body("hello")), "completed");
        if (ollama is "gone" or "down")
            await _ollama.DisposeAsync();
        List<string> seen = [];
        foreach ((string text, _, string extra) in PrivateRuns)
        {
            JsonElement run = await client.WaitAsync(await client.StartAsync(RunClient.Body(text, extra)), "completed", "failed");
            seen.Add(run.Status() == "failed" ? run.ErrorCode() : run.Status());
        }

        // The cloud server is there and takes what may leave: silence of it is not for want of a connection.
        JsonElement harmless = await client.WaitAsync(
            await client.StartAsync(RunClient.Body("A harmless question.", ""","routing_preferences":{"force_provider":"openai"}""")), "completed", "failed");
        harmless.Status().ShouldBe("completed");
        string sent = _openAi.Requests.ShouldHaveSingleItem().Body;
        foreach ((_, string secret, _) in PrivateRuns)
            sent.ShouldNotContain(secret);
        seen.ShouldBe(outcomes);
    }

    [Fact]
    public async Task Run_ToolResultTurnsPrivate_TheNextTurnStaysLocal()
    {
        _openAi.Enqueue(WireReply.Calls("lookup_customer", "{}"));
        _ollama.Respond = static _ => WireReply.Says("Local answer.");
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(_ollama, _openAi));
        RunClient client = await host.Client;
        string id = await client.StartAsync(RunClient.Body(
            "Analyse, compare and evaluate in detail the design of our customer base, step by step, and explain the implications.",
            ""","agent_config":{"tools":[{"type":"function","function":{"name":"lookup_customer","description":"Finds one.","parameters":{"type":"object"}}}]}"""));
        JsonElement waiting = await client.WaitAsync(id, "requires_action", "failed", "completed");
        string call = waiting.GetProperty("required_action").GetProperty("calls")[0].Text("call_id");
        using HttpResponseMessage answer = await client.PostAsync(
            $"/api/v1/agents/runs/{id}/tool_outputs", $$"""{"outputs":[{"call_id":"{{call}}","output":"Jane, card 4111 1111 1111 1111"}]}""");
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        JsonElement run = await client.WaitAsync(id, "completed", "failed");
        run.Answer().ShouldBe("Local answer.");
        _openAi.Requests.ShouldHaveSingleItem().Body.ShouldNotContain("4111");
        _ollama.Requests.ShouldHaveSingleItem().Body.ShouldContain("4111");
    }
}
