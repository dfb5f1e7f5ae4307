using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Net;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Webhooks;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class WebhookTests
{
    private const string Secret = "a secret of some length";

    [Fact]
    public async Task Run_Completed_IsAnnouncedSignedAndWithoutText()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(204);
        await using RunHost host = await StartAsync();
        RunView run = await host.RunAsync(Ask(receiver.Url));
        Delivery delivery = await receiver.NextAsync();

        JsonElement body = JsonElement.Parse(delivery.Body);
        body.GetProperty("type").GetString().ShouldBe("run.completed");
        body.GetProperty("data").GetRawText().ShouldBe($$"""{"run_id":"{{run.RunId}}","status":"completed","completed_at":{{run.CompletedAt}}}""");
        delivery.Body.ShouldNotContain("Hello");
        (delivery.Headers["Idempotency-Key"], delivery.Headers["webhook-id"]).ShouldBe((run.RunId, run.RunId));
        string signed = $"{run.RunId}.{delivery.Headers["webhook-timestamp"]}.{delivery.Body}";
        delivery.Headers["webhook-signature"].ShouldBe(
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(signed))));
    }

    [Fact]
    public async Task Run_Private_IsAnnouncedAllTheSame()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        await using RunHost host = await StartAsync();
        RunRequest request = Ask(receiver.Url);
        await host.RunAsync(request with { Routing = request.Routing with { PrivacyLevel = PrivacyLabel.LocalOnly } });

        JsonElement.Parse((await receiver.NextAsync()).Body).GetProperty("data").EnumerateObject().Select(field => field.Name).ShouldBe(["run_id", "status", "completed_at"]);
    }

    [Fact]
    public async Task Run_EndedByForce_IsAnnounced()
    {
        TaskCompletionSource reached = new();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        await using RunHost host = await StartAsync();
        host.Models.Script = Hangs("", reached);
        string id = await host.StartRunAsync(Ask(receiver.Url));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Runs.CancelAsync(id, RunHost.Caller, null, force: true, default);

        JsonElement.Parse((await receiver.NextAsync()).Body).GetProperty("type").GetString().ShouldBe("run.cancelled");
        (await host.Runs.PurgeAsync(id, RunHost.Caller, default)).ShouldBe(PurgeResult.Purged);
        (await host.Get<IDurableClient>().QueryAsync(new())).Instances.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Delivery_NotTaken_IsRepeatedUnderTheSameKey(int status)
    {
        ManualTimeProvider time = new();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(status, 200);
        await using RunHost host = await StartAsync(time: time);
        RunView run = await host.RunAsync(Ask(receiver.Url));
        run.Status.ShouldBe(RunStatus.Completed);
        Delivery first = await receiver.NextAsync();
        await WaitForTimerAsync(host, run.RunId);
        time.Advance(TimeSpan.FromSeconds(1));
        Delivery second = await receiver.NextAsync();

        second.Headers["Idempotency-Key"].ShouldBe(first.Headers["Idempotency-Key"]);
        second.Body.ShouldBe(first.Body);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    public async Task Delivery_RefusedForGood_IsGivenUpAndLeavesTheRunAsItIs(int status)
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(status);
        await using RunHost host = await StartAsync();
        RunView run = await host.RunAsync(Ask(receiver.Url));
        OrchestrationState? ended = await host.Get<IDurableClient>().WaitForCompletionAsync(run.RunId).WaitAsync(RunHost.Patience);

        ended!.Status.ShouldBe(OrchestrationStatus.Completed);
        receiver.Waiting.ShouldBe(1);
        (await host.ViewAsync(run.RunId)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task Delivery_ToAPrivateAddress_IsNotMade()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        await using RunHost host = await StartAsync(allowPrivate: false);
        // A name, so that the address that it resolves to is what counts.
        RunView run = await host.RunAsync(Ask(new UriBuilder(receiver.Url) { Host = "localhost" }.Uri));
        OrchestrationState? ended = await host.Get<IDurableClient>().WaitForCompletionAsync(run.RunId).WaitAsync(RunHost.Patience);

        ended!.Status.ShouldBe(OrchestrationStatus.Completed);
        receiver.Waiting.ShouldBe(0);
    }

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    public void PublicAddress_Is_OnlyForTheInternet(string address, bool isPublic) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Theory]
    [InlineData("short")]
    [InlineData("whsec_not base 64 at all")]
    public async Task Secret_TooShortOrMalformed_IsRefused(string secret)
    {
        await using RunHost host = await RunHost.StartAsync(configure: services => services.Configure<WebhookOptions>(options => options.Secret = secret));
        Should.Throw<OptionsValidationException>(() => host.Get<IOptions<WebhookOptions>>().Value).Message.ShouldContain("Webhooks:Secret");
    }

    private static RunRequest Ask(Uri url) => RunHost.Ask("Hi") with { WebhookUrl = url };

    private static Task<RunHost> StartAsync(bool allowPrivate = true, TimeProvider? time = null) => RunHost.StartAsync(
        time, configure: services => services.Configure<WebhookOptions>(options => (options.Secret, options.AllowPrivate) = (Secret, allowPrivate)));

    private static async Task WaitForTimerAsync(RunHost host, string id)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while ((await host.Get<IDurableClient>().GetHistoryAsync(id, patience.Token))[^1].Kind != "timer_created")
            await Task.Yield();
    }
}
