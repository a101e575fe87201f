using Headwater.Core.Segments;

namespace Headwater.Log.Append;

/// <summary>
/// The header that marks a value of a stream without a schema as JSON text. It is stored among the event's headers, is the log's own and is never shown:
/// producers cannot set it.
/// </summary>
public static class JsonMark
{
    /// <summary>The header's name.</summary>
    public const string Name = "headwater.content-type";

    /// <summary>Names that begin so are the log's own.</summary>
    internal const string ReservedPrefix = "headwater.";

    /// <summary>Whether a header's name in UTF-8 is one that producers cannot set.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith("headwater."u8);

    internal static KeyValuePair<string, string> Header { get; } = new(Name, "application/json");

    /// <summary>Whether a stored header is the mark.</summary>
    public static bool Is(EventHeader header) => Is(header.Name);

    /// <summary>Whether a header's name in UTF-8 is the mark's.</summary>
    public static bool Is(ReadOnlySpan<byte> name) => name.SequenceEqual("headwater.content-type"u8);
}
