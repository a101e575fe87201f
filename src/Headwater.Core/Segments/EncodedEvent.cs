namespace Headwater.Core.Segments;

/// <summary>
/// Where an event lies in its batch's buffer: time, key, headers and a null batch record (one byte) up to <paramref name="ValueStart"/>, then the value.
/// </summary>
internal readonly record struct EncodedEvent(int Start, int ValueStart, int End);
