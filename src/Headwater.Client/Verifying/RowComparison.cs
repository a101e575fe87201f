using System.Buffers;
using System.Text.Json;

namespace Headwater.Client;

/// <summary>Compares two sequences of rows in key order, with one row of each in memory.</summary>
internal sealed class RowComparison<TKey, TValue>(ViewKey<TKey> keys, ValueSerializer<TValue> values, VerifyOptions<TValue> options)
{
    private readonly List<RowDifference<TKey, TValue>> _samples = [];

    private readonly long[] _counts = new long[3];

    private readonly ArrayBufferWriter<byte> _left = new();

    private readonly ArrayBufferWriter<byte> _right = new();

    private long _equal;

    public VerifyReport<TKey, TValue> Compare(
        IEnumerable<KeyValuePair<string, TValue>> actual, IEnumerable<KeyValuePair<string, TValue>> expected, CancellationToken cancellation)
    {
        using IEnumerator<KeyValuePair<string, TValue>> left = actual.GetEnumerator();
        using IEnumerator<KeyValuePair<string, TValue>> right = expected.GetEnumerator();
        bool hasLeft = left.MoveNext();
        bool hasRight = right.MoveNext();
        while (hasLeft || hasRight)
        {
            cancellation.ThrowIfCancellationRequested();
            int order = !hasLeft ? 1 : !hasRight ? -1 : KeyOrder.Instance.Compare(left.Current.Key, right.Current.Key);
            if (order < 0)
            {
                Add(DifferenceKind.Extra, left.Current.Key, left.Current.Value, default);
            }
            else if (order > 0)
            {
                Add(DifferenceKind.Missing, right.Current.Key, default, right.Current.Value);
            }
            else if (AreEqual(left.Current.Value, right.Current.Value))
            {
                _equal++;
            }
            else
            {
                Add(DifferenceKind.Different, left.Current.Key, left.Current.Value, right.Current.Value);
            }

            hasLeft = order <= 0 ? left.MoveNext() : hasLeft;
            hasRight = order >= 0 ? right.MoveNext() : hasRight;
        }

        return new VerifyReport<TKey, TValue>
        {
            Equal = _equal,
            Missing = _counts[(int)DifferenceKind.Missing],
            Extra = _counts[(int)DifferenceKind.Extra],
            Different = _counts[(int)DifferenceKind.Different],
            Samples = _samples,
        };
    }

    private void Add(DifferenceKind kind, string key, TValue? actual, TValue? expected)
    {
        if (_counts[(int)kind]++ < options.Samples)
        {
            _samples.Add(new RowDifference<TKey, TValue>(kind, keys.Read(key), actual, expected));
        }
    }

    private bool AreEqual(TValue left, TValue right) =>
        options.AreEqual?.Invoke(left, right) ?? Write(_left, left).SequenceEqual(Write(_right, right));

    private ReadOnlySpan<byte> Write(ArrayBufferWriter<byte> buffer, TValue value)
    {
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer))
        {
            values.Write(json, value);
        }

        return buffer.WrittenSpan;
    }
}
