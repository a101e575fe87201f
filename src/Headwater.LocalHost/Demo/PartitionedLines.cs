using System.Security.Cryptography;
using System.Text;

namespace Headwater.LocalHost.Demo;

/// <summary>The events of a stream as lines of text by partition and offset, to compare content and position of what was posted and read.</summary>
internal sealed class PartitionedLines
{
    private readonly SortedDictionary<long, string>[] _partitions;

    public PartitionedLines(int partitions) => _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new SortedDictionary<long, string>())];

    public long Count => _partitions.Sum(p => (long)p.Count);

    /// <returns>False if there already is an event at that partition and offset.</returns>
    public bool Add(Placement at, LogEvent logEvent) => _partitions[at.Partition].TryAdd(at.Offset, logEvent.Line());

    /// <summary>Whether the offsets of every partition are dense from 0.</summary>
    public bool IsDense() => Array.TrueForAll(_partitions, p => p.Count == 0 || (p.Keys.First() == 0 && p.Keys.Last() == p.Count - 1));

    /// <summary>SHA-256 over partition, offset and line of every event, in that order.</summary>
    public string Digest()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int partition = 0; partition < _partitions.Length; partition++)
        {
            foreach ((long offset, string line) in _partitions[partition])
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{partition}/{offset} {line}\n"));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
