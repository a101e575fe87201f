namespace Headwater.Core.Schemas;

/// <summary>The limits of values and schemas. Writers and readers enforce the same limits, so that every stored value can be read.</summary>
internal static class ValueLimits
{
    /// <summary>The nesting depth of records, arrays and maps in a value.</summary>
    public const int MaxDepth = 64;

    /// <summary>The number of array items in a value that occupy no bytes (nulls, empty records). The size of the value does not bound it.</summary>
    public const int MaxEmptyItems = 1 << 16;

    /// <summary>The size of a schema's text in UTF-8 bytes.</summary>
    public const int MaxSchemaBytes = 256 * 1024;

    /// <summary>The nesting depth of a schema's text. The event's record around it adds 4, and JSON readers accept 64 by default.</summary>
    public const int MaxSchemaDepth = 60;

    /// <summary>The total size of a schema's encoded defaults in bytes. A short text can contain defaults that double at every level.</summary>
    public const int MaxDefaultBytes = 1 << 20;

    /// <summary>The number of values visited to encode the defaults of a schema.</summary>
    public const int MaxDefaultVisits = 1 << 20;

    /// <summary>The size of a fixed type in bytes: the largest size of an event.</summary>
    public const int MaxFixedBytes = 1 << 20;

    /// <summary>The number of digits of a decimal.</summary>
    public const int MaxPrecision = 1000;
}
