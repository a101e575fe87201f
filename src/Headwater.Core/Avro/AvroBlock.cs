namespace Headwater.Core.Avro;

/// <summary>One block of an array or a map: how many items follow.</summary>
/// <param name="Count">0 ends the array or map.</param>
/// <param name="End">The position the block says it ends at, or <see cref="UnknownEnd"/> when it does not say.</param>
public readonly record struct AvroBlock(int Count, long End)
{
    public const long UnknownEnd = -1;
}
