namespace Headwater.Contracts.Text;

/// <summary>Writes numbers of any width, lowest bits first.</summary>
internal sealed class BitWriter
{
    private readonly List<byte> _bytes = [];

    private int _free;

    /// <param name="value">The number.</param>
    /// <param name="width">How many of its lowest bits are written, 0 to 64.</param>
    public void Write(ulong value, int width)
    {
        while (width > 0)
        {
            if (_free == 0)
            {
                _bytes.Add(0);
                _free = 8;
            }

            int taken = Math.Min(_free, width);
            ulong bits = value & ((1ul << taken) - 1);
            _bytes[^1] |= (byte)(bits << (8 - _free));
            value >>= taken;
            width -= taken;
            _free -= taken;
        }
    }

    public byte[] ToArray() => [.. _bytes];
}

/// <summary>Reads what <see cref="BitWriter"/> has written.</summary>
internal struct BitReader(byte[] bytes)
{
    private int _position;

    /// <summary>Whether only the padding of the last byte is left, and all of it is 0.</summary>
    public bool IsAtEnd
    {
        get
        {
            int left = (bytes.Length * 8) - _position;
            return left < 8 && (left == 0 || bytes[^1] >> (8 - left) == 0);
        }
    }

    /// <returns>False if fewer bits are left.</returns>
    public bool TryRead(int width, out ulong value)
    {
        value = 0;
        if (width > (bytes.Length * 8) - _position)
        {
            return false;
        }

        for (int read = 0; read < width;)
        {
            int within = _position % 8;
            int taken = Math.Min(8 - within, width - read);
            ulong bits = (ulong)(bytes[_position / 8] >> within) & ((1ul << taken) - 1);
            value |= bits << read;
            read += taken;
            _position += taken;
        }

        return true;
    }

    /// <returns>Null if fewer bytes are left.</returns>
    public byte[]? Bytes(int count)
    {
        var read = new byte[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(8, out ulong value))
            {
                return null;
            }

            read[i] = (byte)value;
        }

        return read;
    }
}
