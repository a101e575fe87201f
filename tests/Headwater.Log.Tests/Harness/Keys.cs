using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Headwater.Core.Segments;
using Headwater.Log.Append;

namespace Headwater.Log.Tests;

/// <summary>Requests with an Idempotency-Key.</summary>
internal static class Keys
{
    public static AppendOptions Of(string key, string body) =>
        new() { Request = new RequestIdentity(new RequestKey(Hash(key)), new RequestDigest(Hash(body))) };

    private static UInt128 Hash(string text) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
