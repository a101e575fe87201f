namespace Headwater.Core.Segments;

/// <summary>
/// The place of an event in its batch's buffer: from <paramref name="Start"/> time, key, headers and a null batch record (one byte), from
/// <paramref name="ValueStart"/> the value.
/// </summary>
internal readonly record struct EncodedEvent(int Start, int ValueStart, int End);
