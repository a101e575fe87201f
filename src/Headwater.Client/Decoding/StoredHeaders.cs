using System.Text;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>The headers of stored events.</summary>
internal static class StoredHeaders
{
    /// <summary>Marks a value of a stream without a schema as JSON. The log's own, never shown (docs/storage-format.md, "An event").</summary>
    private static ReadOnlySpan<byte> Mark => "headwater.content-type"u8;

    /// <summary>The headers that producers have set; null if there are none.</summary>
    public static IReadOnlyDictionary<string, string>? Read(in DecodedEvent stored)
    {
        if (stored.HeaderCount == 0)
        {
            return null;
        }

        Dictionary<string, string>? headers = null;
        foreach (EventHeader header in stored.Headers)
        {
            if (!header.Name.SequenceEqual(Mark))
            {
                (headers ??= new(stored.HeaderCount, StringComparer.Ordinal))[Encoding.UTF8.GetString(header.Name)] = Encoding.UTF8.GetString(header.Value);
            }
        }

        return headers;
    }

    /// <summary>Whether a value of a stream without a schema was posted as JSON; events of earlier versions have another header.</summary>
    public static bool IsJson(in DecodedEvent stored)
    {
        foreach (EventHeader header in stored.Headers)
        {
            if (header.Name.SequenceEqual(Mark) || (header.Name.SequenceEqual("content-type"u8) && header.Value.SequenceEqual("application/json"u8)))
            {
                return true;
            }
        }

        return false;
    }
}
