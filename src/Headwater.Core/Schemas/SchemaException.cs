namespace Headwater.Core.Schemas;

/// <summary>A text that is not an Avro schema, or not one a stream can have. The message says where: a JSON pointer into the text.</summary>
public sealed class SchemaException : Exception
{
    public SchemaException(string message)
        : base(message)
    {
    }

    public SchemaException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
