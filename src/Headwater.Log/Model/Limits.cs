namespace Headwater.Log.Model;

/// <summary>Every limit a user can meet, in one place (DESIGN: HTTP surface).</summary>
public static class Limits
{
    /// <summary>Request body as sent.</summary>
    public const int BodyBytes = 25_000_000;

    /// <summary>Request body after decompression.</summary>
    public const int DecompressedBytes = 100_000_000;

    /// <summary>Request bodies being read by one process, in all, decompressed; beyond them 429.</summary>
    public const long BodyBytesInFlight = 512_000_000;

    public const int EventsPerRequest = 10_000;

    /// <summary>One event, encoded.</summary>
    public const int EventBytes = 1 << 20;

    /// <summary>A key's UTF-8 bytes.</summary>
    public const int KeyBytes = 1024;

    public const int HeadersPerEvent = 64;

    /// <summary>Names and values of an event's headers, UTF-8 bytes in all.</summary>
    public const int HeaderBytes = 16 * 1024;

    /// <summary>One request's share of a partition, encoded and not yet compressed.</summary>
    public const int BatchBytes = 8 << 20;

    public const int ReadEventsDefault = 1_000;

    public const int ReadEventsMax = 10_000;

    public const int ReadBytesDefault = 4 << 20;

    public const int ReadBytesMax = 32 << 20;

    /// <summary>Event faults named in one answer.</summary>
    public const int FaultsReported = 100;

    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
}
