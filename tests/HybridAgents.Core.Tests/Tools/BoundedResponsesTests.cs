using System.Net;
using HybridAgents.Core.Net;

namespace HybridAgents.Core.Tests.Tools;

public sealed class BoundedResponsesTests
{
    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task Answer_LongerThanAllowed_FailsWhereItBecomesSo(int length, bool fits)
    {
        using HttpClient http = new(new BoundedResponses(new Answers(new byte[length]), maxBytes: 100));
        using HttpResponseMessage answer = await http.GetAsync(new Uri("http://stranger.example"), HttpCompletionOption.ResponseHeadersRead);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        if (fits)
            (await body.ReadAtLeastAsync(new byte[200], 200, throwOnEndOfStream: false)).ShouldBe(length);
        else
            await Should.ThrowAsync<IOException>(async () => await body.ReadAtLeastAsync(new byte[200], 200, throwOnEndOfStream: false));
    }

    private sealed class Answers(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = new(HttpStatusCode.OK) { Content = new StreamContent(new MemoryStream(body)) };
            answer.Content.Headers.ContentType = new("text/event-stream");
            return Task.FromResult(answer);
        }
    }
}
