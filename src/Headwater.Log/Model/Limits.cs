namespace Headwater.Log.Model;

/// <summary>The limits of requests, events and reads.</summary>
public static class Limits
{
    /// <summary>Bytes of a request body as sent.</summary>
    public const int BodyBytes = 25_000_000;

    /// <summary>Bytes of a request body after decompression.</summary>
    public const int DecompressedBytes = 100_000_000;

    /// <summary>
    /// Bytes of the buffers that hold the request bodies of one process, as sent and decompressed together; beyond it, Overloaded (429). Content that queue
    /// handlers load from blobs has a second budget of this size.
    /// </summary>
    public const long BodyBytesInFlight = 512_000_000;

    /// <summary>Events of one append request, over all partitions.</summary>
    public const int EventsPerRequest = 10_000;

    /// <summary>Bytes of one event, encoded for storage and not compressed.</summary>
    public const int EventBytes = 1 << 20;

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

    /// <summary>Stored bytes of one read if the request sets no limit.</summary>
    public const int ReadBytesDefault = 4 << 20;

    /// <summary>Largest limit on stored bytes that a read may set. A read returns at least one event, even if it is larger than the limit.</summary>
    public const int ReadBytesMax = 32 << 20;

    /// <summary>Faults of events listed in one error answer.</summary>
    public const int FaultsReported = 100;

    /// <summary>Longest time that a read may wait at the log end for an event.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
}
