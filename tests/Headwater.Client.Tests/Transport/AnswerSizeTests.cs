using System.Net;
using System.Net.Http.Headers;

namespace Headwater.Client.Tests;

/// <summary>Answers that are larger than any of the service's.</summary>
public sealed class AnswerSizeTests
{
    [Fact]
    public async Task An_answer_without_end_is_refused_after_16_MiB()
    {
        var service = new ScriptedHandler();
        using var body = new Spaces(40 << 20);
        service.Answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        });
        using HeadwaterClient client = new(new HeadwaterClientOptions { Address = new Uri("http://log.example"), Handler = service });

        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(
            () => client.Stream("s").DescribeAsync(TestContext.Current.CancellationToken));

        Assert.Equal((HeadwaterException.NoAnswer, 200, false), (refused.Code, refused.Status, refused.Retryable));
        Assert.InRange(body.Taken, 16 << 20, 17 << 20);
    }

    /// <summary>A body of spaces, which may come before any JSON.</summary>
    private sealed class Spaces(long length) : Stream
    {
        public long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Taken;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = (int)Math.Min(buffer.Length, length - Taken);
            buffer[..read].Fill((byte)' ');
            Taken += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
