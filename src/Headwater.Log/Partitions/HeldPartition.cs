namespace Headwater.Log.Partitions;

/// <summary>A partition, or a part of it, that stays in memory until the disposal. Dispose it once.</summary>
/// <typeparam name="T">The type of the part.</typeparam>
/// <param name="value">The part.</param>
/// <param name="hold">Entered for this value.</param>
internal readonly struct HeldPartition<T>(T value, IPartitionHold hold) : IDisposable
{
    public T Value => value;

    /// <summary>Another part of the partition under the same hold. Dispose one of the two.</summary>
    public HeldPartition<TPart> Of<TPart>(Func<T, TPart> part) => new(part(value), hold);

    public void Dispose() => hold.Leave();
}
