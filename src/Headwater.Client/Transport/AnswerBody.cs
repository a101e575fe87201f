using System.Net;
using Headwater.Core.Memory;

namespace Headwater.Client;

/// <summary>Reads the bodies of answers. Memory grows with the bytes that have arrived, decompressed, up to a limit.</summary>
internal static class AnswerBody
{
    private const int FirstBytes = 16 << 10;

    /// <summary>Reads a whole body.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="most">Most bytes of it.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="AnswerTooLargeException">The body has more bytes.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage answer, int most, CancellationToken cancellation)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        byte[] bytes = ByteArrays.Rent(FirstBytes);
        try
        {
            int length = 0;
            while (await body.ReadAsync(bytes.AsMemory(length, Math.Min(bytes.Length - length, most + 1 - length)), cancellation) is > 0 and int read)
            {
                length += read;
                if (length > most)
                {
                    throw new AnswerTooLargeException(answer.StatusCode, most);
                }

                bytes = length == bytes.Length ? Grow(bytes) : bytes;
            }

            return bytes.AsSpan(0, length).ToArray();
        }
        finally
        {
            ByteArrays.Return(bytes);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        byte[] larger = ByteArrays.Rent(2 * full.Length);
        full.CopyTo(larger, 0);
        ByteArrays.Return(full);
        return larger;
    }
}

/// <summary>An answer has more bytes than any answer of the service.</summary>
/// <param name="status">The answer's status.</param>
/// <param name="most">Most bytes.</param>
internal sealed class AnswerTooLargeException(HttpStatusCode status, int most) : Exception($"it has more than {most} bytes.")
{
    public int Status => (int)status;
}
