namespace Headwater.Log.Model;

/// <summary>The limits of requests, events and reads.</summary>
public static class Limits
{
    /// <summary>Bytes of a request body as sent.</summary>
    public const int BodyBytes = 25_000_000;

    /// <summary>Bytes of a request body after decompression.</summary>
    public const int DecompressedBytes = 100_000_000;

    /// <summary>Bytes of a body of settings, as sent and after decompression: everything but events.</summary>
    public const int SettingsBytes = 1 << 20;

    /// <summary>Events of one append request, over all partitions.</summary>
    public const int EventsPerRequest = 10_000;

    /// <summary>Bytes of one event, encoded for storage and not compressed.</summary>
    public const int EventBytes = 1 << 20;

    /// <summary>
    /// Bytes of the JSON form of one event's value: 32 times <see cref="EventBytes"/>. Every byte of a text counts as escaped and a name as at most 1,024 bytes.
    /// </summary>
    public const long EventJsonBytes = 32L * EventBytes;

    /// <summary>JSON tokens of one event: names, values, and the beginnings and ends of objects and arrays.</summary>
    public const int EventTokens = 1 << 20;

    /// <summary>Bytes of one JSON name or string in an event as sent. A longer one cannot fit into an event, because an escape of 6 bytes is 1 byte.</summary>
    public const int TextBytes = 6 * EventBytes;

    /// <summary>Bytes of one decompressed block of an Avro container file in a request.</summary>
    public const int ContainerBlockBytes = 32 << 20;

    /// <summary>Bytes of the schema in the header of an Avro container file in a request: twice what a stream's schema may have.</summary>
    public const int ContainerSchemaBytes = 512 * 1024;

    /// <summary>Bytes of an event's key in UTF-8.</summary>
    public const int KeyBytes = 1024;

    /// <summary>Headers of one event.</summary>
    public const int HeadersPerEvent = 64;

    /// <summary>Bytes of the names and values of all headers of one event, in UTF-8.</summary>
    public const int HeaderBytes = 16 * 1024;

    /// <summary>Bytes of one request's events for one partition, encoded for storage and not compressed.</summary>
    public const int BatchBytes = 8 << 20;

    /// <summary>Events of one read if the request sets no limit.</summary>
    public const int ReadEventsDefault = 1_000;

    /// <summary>Largest limit on events that a read may set.</summary>
    public const int ReadEventsMax = 10_000;

    /// <summary>Bytes of one read if the request sets no limit: decompressed bytes for JSON forms, stored bytes for Avro.</summary>
    public const int ReadBytesDefault = 4 << 20;

    /// <summary>Largest limit on bytes that a read may set. A read returns at least one event, even if its block is larger than the limit.</summary>
    public const int ReadBytesMax = 32 << 20;

    /// <summary>Longest duration in new settings of a stream: 100 years. Stored settings may have longer ones, which count as for ever.</summary>
    public static readonly TimeSpan SettingDurationMax = TimeSpan.FromDays(36_500);

    /// <summary>Faults of events listed in one error answer.</summary>
    public const int FaultsReported = 100;

    /// <summary>Characters of a fault's pointer and of its message; longer ones are cut.</summary>
    public const int FaultCharacters = 1024;

    /// <summary>Longest time that a read may wait at the log end for an event.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
}
