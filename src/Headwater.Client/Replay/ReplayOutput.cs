using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Headwater.Client;

/// <summary>
/// The batches of all partitions, on their way to the program. Those of a group travel together, because each hand-over between threads costs more than an
/// event. It holds one group, so that decoding waits for the program.
/// </summary>
internal sealed class ReplayOutput<T>
{
    private const int Groups = 1;

    private Channel<IReadOnlyList<ReplayBatch<T>>> _channel = NewChannel();

    /// <summary>Begins again after <see cref="End"/>.</summary>
    public void Begin() => _channel = NewChannel();

    public ValueTask WriteAsync(ReplayBatch<T> batch, CancellationToken cancellation) => WriteAsync([batch], cancellation);

    public ValueTask WriteAsync(IReadOnlyList<ReplayBatch<T>> batches, CancellationToken cancellation) => _channel.Writer.WriteAsync(batches, cancellation);

    public async IAsyncEnumerable<ReplayBatch<T>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (IReadOnlyList<ReplayBatch<T>> batches in _channel.Reader.ReadAllAsync(cancellation))
        {
            foreach (ReplayBatch<T> batch in batches)
            {
                yield return batch;
            }
        }
    }

    public void End() => _channel.Writer.TryComplete();

    private static Channel<IReadOnlyList<ReplayBatch<T>>> NewChannel() =>
        Channel.CreateBounded<IReadOnlyList<ReplayBatch<T>>>(new BoundedChannelOptions(Groups) { SingleReader = true });
}
