namespace Headwater.Core.Schemas;

/// <summary>What no value and no schema goes beyond. Writing and reading hold to the same numbers, so that what was stored can be read.</summary>
internal static class ValueLimits
{
    /// <summary>Records, arrays and maps inside one another, in a value.</summary>
    public const int MaxDepth = 64;

    /// <summary>Array items of a value that take no bytes (nulls, empty records): nothing else bounds their number.</summary>
    public const int MaxEmptyItems = 1 << 16;

    /// <summary>UTF-8 bytes of a schema's text.</summary>
    public const int MaxSchemaBytes = 256 * 1024;

    /// <summary>Arrays and objects inside one another in a schema's text. With the event's record around it, 64: what readers take by default.</summary>
    public const int MaxSchemaDepth = 60;

    /// <summary>Bytes of all encoded defaults of a schema: small texts can name defaults that double at every level.</summary>
    public const int MaxDefaultBytes = 1 << 20;

    /// <summary>Values looked at while the defaults of a schema are encoded.</summary>
    public const int MaxDefaultVisits = 1 << 20;

    /// <summary>Bytes of a fixed type: as many as an event may have.</summary>
    public const int MaxFixedBytes = 1 << 20;

    /// <summary>Digits of a decimal.</summary>
    public const int MaxPrecision = 1000;
}
