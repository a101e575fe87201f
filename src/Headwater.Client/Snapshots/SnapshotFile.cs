using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Headwater.Client;

/// <summary>
/// The bytes of a snapshot: 8 bytes of magic and version, the state (its length as 4 bytes, little endian, and its bytes), the tables one after the other, and
/// the SHA-256 of everything before. A row is the key (its length + 1 as 4 bytes, and its UTF-8) and the value (its length as 4 bytes, and its JSON). The
/// length 0 ends a table.
/// </summary>
internal static class SnapshotFile
{
    private const int FlushedBytes = 64 << 10;

    private static ReadOnlySpan<byte> Magic => "HWVIEW\0\u0001"u8;

    /// <summary>Writes a snapshot.</summary>
    /// <param name="file">Takes the bytes.</param>
    /// <param name="state">The state.</param>
    /// <param name="tables">The rows of each table.</param>
    /// <param name="cancellation">Stops the write.</param>
    public static async Task WriteAsync(
        Stream file, byte[] state, IEnumerable<IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>> tables, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new ArrayBufferWriter<byte>(FlushedBytes);
        buffer.Write(Magic);
        WriteBlock(buffer, state, 0);
        foreach (IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> table in tables)
        {
            foreach ((string key, ReadOnlyMemory<byte> value) in table)
            {
                WriteBlock(buffer, Encoding.UTF8.GetBytes(key), 1);
                WriteBlock(buffer, value.Span, 0);
                if (buffer.WrittenCount >= FlushedBytes)
                {
                    await FlushAsync(file, buffer, hash, cancellation);
                }
            }

            WriteLength(buffer, 0);
        }

        await FlushAsync(file, buffer, hash, cancellation);
        await file.WriteAsync(hash.GetHashAndReset(), cancellation);
    }

    /// <summary>Opens a snapshot.</summary>
    /// <param name="file">The bytes, from their beginning.</param>
    /// <param name="cancellation">Stops the read.</param>
    /// <returns>Null if the snapshot is damaged.</returns>
    public static async Task<SnapshotReader?> ReadAsync(Stream file, CancellationToken cancellation)
    {
        int least = Magic.Length + sizeof(int) + SHA256.HashSizeInBytes;
        if (file.Length < least || !await IsWholeAsync(file, cancellation))
        {
            return null;
        }

        file.Position = 0;
        byte[] magic = new byte[Magic.Length];
        await file.ReadExactlyAsync(magic, cancellation);
        return magic.AsSpan().SequenceEqual(Magic) ? new SnapshotReader(file, file.Length - SHA256.HashSizeInBytes) : null;
    }

    private static async Task<bool> IsWholeAsync(Stream file, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[FlushedBytes];
        for (long left = file.Length - SHA256.HashSizeInBytes; left > 0;)
        {
            int read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellation);
            if (read == 0)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        byte[] expected = new byte[SHA256.HashSizeInBytes];
        return await file.ReadAtLeastAsync(expected, expected.Length, throwOnEndOfStream: false, cancellation) == expected.Length
            && hash.GetHashAndReset().AsSpan().SequenceEqual(expected);
    }

    private static void WriteBlock(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> bytes, int more)
    {
        WriteLength(buffer, bytes.Length + more);
        buffer.Write(bytes);
    }

    private static void WriteLength(ArrayBufferWriter<byte> buffer, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), length);
        buffer.Advance(sizeof(int));
    }

    private static async Task FlushAsync(Stream file, ArrayBufferWriter<byte> buffer, IncrementalHash hash, CancellationToken cancellation)
    {
        hash.AppendData(buffer.WrittenSpan);
        await file.WriteAsync(buffer.WrittenMemory, cancellation);
        buffer.ResetWrittenCount();
    }
}

/// <summary>Reads a snapshot whose checksum is right.</summary>
/// <param name="file">The file, read up to the end of the magic.</param>
/// <param name="end">Where the checksum begins.</param>
internal sealed class SnapshotReader(Stream file, long end)
{
    /// <summary>The state, which comes first.</summary>
    /// <exception cref="InvalidDataException">The lengths do not fit the file: another program wrote it.</exception>
    public byte[] ReadState() => ReadBlock(ReadLength());

    /// <summary>The rows of the next table.</summary>
    /// <exception cref="InvalidDataException">The lengths do not fit the file.</exception>
    public IEnumerable<KeyValuePair<string, byte[]>> ReadTable()
    {
        for (int key = ReadLength(); key > 0; key = ReadLength())
        {
            string text = Encoding.UTF8.GetString(ReadBlock(key - 1));
            yield return new(text, ReadBlock(ReadLength()));
        }
    }

    private int ReadLength() => BinaryPrimitives.ReadInt32LittleEndian(ReadBlock(sizeof(int)));

    private byte[] ReadBlock(int length)
    {
        if (length < 0 || length > end - file.Position)
        {
            throw new InvalidDataException("A length of the snapshot is larger than what is left of it.");
        }

        byte[] block = new byte[length];
        file.ReadExactly(block);
        return block;
    }
}
