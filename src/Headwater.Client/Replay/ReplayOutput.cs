using System.Threading.Channels;

namespace Headwater.Client;

/// <summary>The batches of all partitions, on their way to the program. It holds 8, so that decoding waits for the program.</summary>
internal sealed class ReplayOutput<T>
{
    private const int Batches = 8;

    private Channel<ReplayBatch<T>> _channel = NewChannel();

    /// <summary>Begins again after <see cref="End"/>.</summary>
    public void Begin() => _channel = NewChannel();

    public ValueTask WriteAsync(ReplayBatch<T> batch, CancellationToken cancellation) => _channel.Writer.WriteAsync(batch, cancellation);

    public IAsyncEnumerable<ReplayBatch<T>> ReadAllAsync(CancellationToken cancellation) => _channel.Reader.ReadAllAsync(cancellation);

    public void End() => _channel.Writer.TryComplete();

    private static Channel<ReplayBatch<T>> NewChannel() =>
        Channel.CreateBounded<ReplayBatch<T>>(new BoundedChannelOptions(Batches) { SingleReader = true });
}
