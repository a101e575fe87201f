namespace Headwater.Core.Schemas;

/// <summary>
/// A text is not an Avro schema, or not one that a stream can have. The message contains a JSON pointer (RFC 6901) to the error in the text.
/// </summary>
public sealed class SchemaException : Exception
{
    /// <param name="message">Where the schema is wrong, and why.</param>
    public SchemaException(string message)
        : base(message)
    {
    }

    /// <param name="message">Where the schema is wrong, and why.</param>
    /// <param name="inner">The exception of the parser.</param>
    public SchemaException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
