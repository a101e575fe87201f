using System.Security.Cryptography;
using System.Text;
using Headwater.Core.Segments;

namespace Headwater.Queues.Messages;

/// <summary>
/// Computes the request key of a message, which identifies its repeats: the first 16 bytes of a SHA-256. The hashed text begins with a zero byte, unlike the
/// text hashed for a caller's name and
/// Idempotency-Key (<c>AppendHeaders.KeyOf</c>), so keys of messages and requests never collide.
/// </summary>
public static class MessageKeys
{
    /// <summary>The key of an inbox envelope's id.</summary>
    public static RequestKey OfEnvelope(string id) => Of($"\0envelope\0{id}");

    /// <summary>The key of a CloudEvent. By CloudEvents 1.0, events with equal source and id are duplicates.</summary>
    public static RequestKey OfCloudEvent(string source, string id) => Of($"\0cloudevent\0{source}\0{id}");

    private static RequestKey Of(string text) => RequestKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, RequestKey.Size));
}
