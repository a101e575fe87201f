using System.Buffers;
using System.Text.Json;

namespace Headwater.Client;

/// <summary>
/// Sorts rows by key in bounded memory: what exceeds the buffer is in sorted temporary files, of which at most 64 are open. Of the rows of a key the last one
/// counts.
/// </summary>
internal sealed class RowSorter<TValue>(ValueSerializer<TValue> values, VerifyOptions<TValue> options) : IDisposable
{
    private const int MostFiles = 64;

    /// <summary>What a row takes in memory beside its text and bytes.</summary>
    private const int RowBytes = 120;

    private static readonly Comparer<(string Key, int Sequence)> Order = Comparer<(string Key, int Sequence)>.Create(
        (x, y) => KeyOrder.Instance.Compare(x.Key, y.Key) is var order && order != 0 ? order : x.Sequence - y.Sequence);

    private readonly List<SortedRow> _buffer = [];

    private readonly List<SortedFile> _files = [];

    private readonly ArrayBufferWriter<byte> _json = new();

    private long _bytes;

    /// <summary>Rows whose key another row had too. Complete when <see cref="Rows"/> has ended.</summary>
    public long Repeated { get; private set; }

    /// <summary>Files that were written.</summary>
    public int Files { get; private set; }

    /// <summary>Adds a row.</summary>
    public void Add(string key, TValue value)
    {
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json))
        {
            values.Write(json, value);
        }

        Add(new SortedRow(key, _json.WrittenSpan.ToArray()));
    }

    /// <summary>The rows of the key that were added before count no more.</summary>
    public void Remove(string key) => Add(new SortedRow(key, null));

    /// <summary>The rows in key order, each key once. Called once.</summary>
    public IEnumerable<KeyValuePair<string, TValue>> Rows()
    {
        foreach (SortedRow row in Merge([.. _files.Select(f => f.Read()), Sorted()]))
        {
            if (row.Value is { } json)
            {
                yield return new(row.Key, values.Read(json));
            }
        }
    }

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private void Add(in SortedRow row)
    {
        _buffer.Add(row);
        _bytes += RowBytes + (2 * row.Key.Length) + (row.Value?.Length ?? 0);
        if (_bytes >= options.BufferBytes)
        {
            Spill(Merge([Sorted()]));
            _buffer.Clear();
            _bytes = 0;
            if (_files.Count == MostFiles)
            {
                MergeFiles();
            }
        }
    }

    private void MergeFiles()
    {
        SortedFile[] small = [.. _files];
        _files.Clear();
        Spill(Merge([.. small.Select(f => f.Read())]));
        Array.ForEach(small, f => f.Dispose());
    }

    private void Spill(IEnumerable<SortedRow> rows)
    {
        Files++;
        var file = new SortedFile(options.Folder ?? Path.GetTempPath());
        _files.Add(file);
        file.Write(rows);
    }

    /// <summary>The buffer in key order; the order of equal keys is that in which they were added.</summary>
    private IEnumerable<SortedRow> Sorted() => _buffer.OrderBy(r => r.Key, KeyOrder.Instance);

    /// <summary>The rows of sorted sequences, each key once: its last row in the last sequence that has it.</summary>
    private IEnumerable<SortedRow> Merge(IReadOnlyList<IEnumerable<SortedRow>> sequences)
    {
        IEnumerator<SortedRow>[] all = [.. sequences.Select(s => s.GetEnumerator())];
        try
        {
            var next = new PriorityQueue<int, (string Key, int Sequence)>(Order);
            for (int i = 0; i < all.Length; i++)
            {
                Advance(i);
            }

            SortedRow? last = null;
            while (next.TryDequeue(out int sequence, out _))
            {
                SortedRow row = all[sequence].Current;
                if (last is { } earlier && earlier.Key != row.Key)
                {
                    yield return earlier;
                }
                else if (last is { Value: not null })
                {
                    Repeated++;
                }

                last = row;
                Advance(sequence);
            }

            if (last is { } final)
            {
                yield return final;
            }

            void Advance(int sequence)
            {
                if (all[sequence].MoveNext())
                {
                    next.Enqueue(sequence, (all[sequence].Current.Key, sequence));
                }
            }
        }
        finally
        {
            Array.ForEach(all, e => e.Dispose());
        }
    }
}
