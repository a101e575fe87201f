namespace Headwater.Fuzz.Generation;

/// <summary>A stream that a case asked for. Whether it exists depends on the answer.</summary>
internal sealed record DrawnStream(string Name, int Partitions, bool IsEntity, DrawnType? Type)
{
    /// <summary>A container file of this stream, as it was last read.</summary>
    public byte[]? Container { get; set; }

    public string Path => $"/streams/{Name}";
}
