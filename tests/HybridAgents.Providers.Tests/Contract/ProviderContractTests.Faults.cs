using HybridAgents.Core.Models;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>Refusals and answers that break.</summary>
public abstract partial class ProviderContractTests
{
    [Fact]
    public async Task Stream_RateLimitedUntilADate_TellsHowLongToWait()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Server.Enqueue(WireReply.Refuses(429, "slow down", retryAfter: now.AddMinutes(2).ToString("R", System.Globalization.CultureInfo.InvariantCulture)));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).RetryAfter.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(121));
    }

    [Fact]
    public async Task Stream_RefusedBySomethingInFront_TellsStatusAndABoundedReason()
    {
        Server.Enqueue(WireReply.Sends($"<html>Bad gateway {new string('x', 100_000)}</html>", status: 502));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.ServerError);
        error.StatusCode.ShouldBe(502);
        error.Message.ShouldContain("Bad gateway");
        error.Message.Length.ShouldBeLessThan(600);
    }

    [Fact]
    public async Task Stream_WebPageForAnAnswer_IsNoAnswer()
    {
        Server.Enqueue(WireReply.Sends("<html>Please log in.</html>"));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBeOneOf(ProviderFault.Malformed, ProviderFault.StreamBroken);
    }

    [Fact]
    public async Task Stream_ConnectionClosedInsteadOfAnAnswer_MayBeTriedAgain()
    {
        Server.Enqueue(WireReply.HangsUp());

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.Unreachable);
        error.IsTransient.ShouldBeTrue();
    }

    [Theory]
    [InlineData(400, ProviderFault.Rejected)]
    [InlineData(401, ProviderFault.Unauthorized)]
    [InlineData(404, ProviderFault.ModelNotFound)]
    [InlineData(500, ProviderFault.ServerError)]
    [InlineData(503, ProviderFault.ServerError)]
    public async Task Stream_Refused_FaultTellsStatusAndReason(int status, ProviderFault fault)
    {
        Server.Enqueue(WireReply.Refuses(status, "no such luck"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(fault);
        error.StatusCode.ShouldBe(status);
        error.Model.ShouldBe(Model);
        error.Message.ShouldContain("no such luck");
    }

    [Fact]
    public async Task Stream_RateLimited_TellsHowLongToWait()
    {
        Server.Enqueue(WireReply.Refuses(429, "slow down", retryAfter: "7"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.RateLimited);
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Stream_PromptTooLong_IsToldApart()
    {
        Server.Enqueue(WireReply.Refuses(400, "This model's maximum context length is 4096 tokens."));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.ContextLengthExceeded);
    }

    [Fact]
    public async Task Stream_ConnectionCut_IsBroken()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").CutAfter(2));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.StreamBroken);
    }

    [Fact]
    public async Task Stream_EndsWithoutFinish_IsBroken()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").EndAfter(2));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.StreamBroken);
    }

    [Fact]
    public async Task Stream_Malformed_IsToldApart()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").MalformedAfter(1));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.Malformed);
    }

    [Fact]
    public async Task Stream_ErrorInside_IsBrokenWithItsMessage()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").ErrorAfter(1, "the runner crashed"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.StreamBroken);
        error.Message.ShouldContain("the runner crashed");
    }
}
