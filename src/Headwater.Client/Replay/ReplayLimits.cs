using System.Collections.Concurrent;
using Headwater.Core.Memory;

namespace Headwater.Client;

/// <summary>
/// What bounds the memory of a replay: 16 ranges of 2 MiB; <see cref="ReplayOptions.Parallelism"/> + 1 groups of blocks, each with one uncompressed block and
/// the events of at most 4 MiB of it; and 4 blocks that are larger than a range, whether they arrive or wait for decoding. Nothing grows with the length of
/// the history.
/// </summary>
/// <param name="parallelism">Groups that are decoded at a time.</param>
internal sealed class ReplayLimits(int parallelism) : IDisposable
{
    /// <summary>Partitions that are replayed at a time.</summary>
    public const int Partitions = 4;

    /// <summary>Requests of a partition that are open at a time.</summary>
    public const int RangesAhead = 4;

    /// <summary>The array of a range, with room before it for the part of a block that the range before it ends with.</summary>
    public const int ArrayBytes = 2 << 20;

    /// <summary>Room for the part of a block before a range.</summary>
    public const int CarryBytes = 256 << 10;

    /// <summary>Bytes of one request.</summary>
    public const int RangeBytes = ArrayBytes - CarryBytes;

    /// <summary>Consecutive blocks are decoded together until they have this size.</summary>
    public const int GroupBytes = 64 << 10;

    /// <summary>Most events of a batch, unless they have more bytes than <see cref="EagerBytes"/>.</summary>
    public const int BatchEvents = 1_024;

    /// <summary>Uncompressed bytes of a group that are turned into events before its turn.</summary>
    public const int EagerBytes = 4 << 20;

    private const int Ranges = Partitions * RangesAhead;

    private readonly ConcurrentBag<byte[]> _arrays = [];

    private readonly SemaphoreSlim _ranges = new(Ranges);

    /// <summary>Whoever waits for one holds none, and those that are held are given back without another one, so no wait is for ever.</summary>
    private readonly SemaphoreSlim _large = new(Partitions);

    /// <summary>
    /// Groups that are being decoded, or wait for their turn. Few, because events that wait survive a collection of the youngest generation, which then costs
    /// more than their decoding.
    /// </summary>
    public SemaphoreSlim Groups { get; } = new(Math.Max(1, parallelism) + 1);

    /// <summary>Groups that are being decoded.</summary>
    public SemaphoreSlim Decoders { get; } = new(Math.Max(1, parallelism));

    /// <summary>Waits until a range may be in memory.</summary>
    public async Task<RangeBuffer> RangeAsync(CancellationToken cancellation)
    {
        await _ranges.WaitAsync(cancellation);
        byte[] array = _arrays.TryTake(out byte[]? used) ? used : GC.AllocateUninitializedArray<byte>(ArrayBytes);
        return new RangeBuffer(array, CarryBytes, returned =>
        {
            _arrays.Add(returned);
            _ranges.Release();
        });
    }

    /// <summary>Waits until a block that is larger than a range may be in memory.</summary>
    /// <param name="bytes">Its first bytes.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<RangeBuffer> LargeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _large.WaitAsync(cancellation);
        return RangeBuffer.Growing(bytes.Span, returned =>
        {
            ByteArrays.Return(returned);
            _large.Release();
        });
    }

    public void Dispose()
    {
        _ranges.Dispose();
        _large.Dispose();
        Groups.Dispose();
        Decoders.Dispose();
    }
}
