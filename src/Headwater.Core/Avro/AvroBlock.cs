namespace Headwater.Core.Avro;

/// <summary>The head of one block of an array or a map.</summary>
/// <param name="Count">The number of items in the block; 0 ends the array or map.</param>
/// <param name="End">The position after the block's last item if the block states its size, else <see cref="UnknownEnd"/>.</param>
public readonly record struct AvroBlock(int Count, long End)
{
    /// <summary>The block does not state its size in bytes.</summary>
    public const long UnknownEnd = -1;
}
