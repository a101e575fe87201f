using System.Security.Cryptography;
using System.Text;
using Headwater.Core.Segments;

namespace Headwater.Queues.Messages;

/// <summary>
/// What a repeated message has in common with the first: the first 16 bytes of a SHA-256. Texts begin with a zero byte and hold more of them, which no caller's name and Idempotency-Key do
/// (<c>AppendHeaders.KeyOf</c>), so that the two never meet.
/// </summary>
public static class MessageKeys
{
    public static RequestKey OfEnvelope(string id) => Of($"\0envelope\0{id}");

    /// <summary>CloudEvents 1.0: source and id together are unique, and events with the same are duplicates.</summary>
    public static RequestKey OfCloudEvent(string source, string id) => Of($"\0cloudevent\0{source}\0{id}");

    private static RequestKey Of(string text) => RequestKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, RequestKey.Size));
}
