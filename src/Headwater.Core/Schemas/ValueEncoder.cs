using System.Text.Json;
using Headwater.Core.Schemas.Json;
using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Schemas;

/// <summary>
/// Encodes JSON values in one pass over their text, without a document: several times as fast as <see cref="ValueSchema.TryWriteJson"/>, for ordinary
/// values of at most 64 KiB. Holds at most 64 KiB, reused for every value. Not thread-safe.
/// </summary>
public sealed class ValueEncoder : IDisposable
{
    private readonly ValueBuffer _output = new();
    private readonly MemberPlaces _members = new();

    /// <summary>The encoded value, as <see cref="ValueSchema.TryWriteJson"/> writes it; valid until the next call.</summary>
    public ReadOnlySpan<byte> Written => _output.Written;

    /// <summary>Encodes the value that a reader is at. Allocates nothing for ordinary values.</summary>
    /// <param name="schema">The schema of the value; not <see cref="ValueSchema.Bytes"/>.</param>
    /// <param name="reader">At the first token of the value, and at its last afterwards; anywhere in the value if the result is false.</param>
    /// <param name="text">All that the reader reads: valid UTF-8.</param>
    /// <returns>
    /// False if the value was not encoded. It may still fit the schema: <see cref="ValueSchema.TryWriteJson"/> decides, and says what does not fit.
    /// </returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public bool TryEncode(ValueSchema schema, ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        ArgumentNullException.ThrowIfNull(schema);
        _output.Clear();
        _members.Clear();
        var input = new JsonInput(text, reader, _output, _members);
        bool written = schema.TryWriteNext(ref input) && !_output.Overflowed;
        reader = input.Reader;
        return written;
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose() => _output.Dispose();
}
