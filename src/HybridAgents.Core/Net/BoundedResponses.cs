namespace HybridAgents.Core.Net;

/// <summary>Ends an answer that becomes longer than <paramref name="maxBytes"/>: reading on fails with an <see cref="IOException"/>.</summary>
/// <remarks>For libraries that read answers of strangers by themselves; whoever reads himself uses <see cref="BoundedContent"/>.</remarks>
public sealed class BoundedResponses(HttpMessageHandler inner, long maxBytes) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        StreamContent bounded = new(new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), maxBytes));
        foreach ((string name, IEnumerable<string> values) in answer.Content.Headers)
            bounded.Headers.TryAddWithoutValidation(name, values);
        answer.Content = bounded;
        return answer;
    }

    private sealed class BoundedStream(Stream inner, long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Counted(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private int Counted(int read) => (_left -= read) < 0 ? throw new IOException("The answer is longer than allowed.") : read;
    }
}
