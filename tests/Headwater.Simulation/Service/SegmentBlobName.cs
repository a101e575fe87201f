using System.Globalization;

namespace Headwater.Simulation.Service;

/// <summary>A partition of one incarnation of a stream.</summary>
internal readonly record struct PartitionKey(string StreamId, int Partition)
{
    public override string ToString() => $"{StreamId[..Math.Min(6, StreamId.Length)]}/{Partition}";
}

/// <summary>
/// The name of a generation-0 segment, parsed by the format's documentation without code of the log: <c>{stream}/{streamId}/{partition}/{base}.avro</c>.
/// </summary>
internal static class SegmentBlobName
{
    public static bool TryParse(string name, out PartitionKey partition, out long start)
    {
        partition = default;
        start = 0;
        string[] parts = name.Split('/');
        if (parts is not [_, { Length: 32 } streamId, { Length: 5 } number, { Length: 25 } file] || !file.EndsWith(".avro", StringComparison.Ordinal))
        {
            return false;
        }

        partition = new PartitionKey(streamId, int.Parse(number, CultureInfo.InvariantCulture));
        start = long.Parse(file.AsSpan(0, 20), CultureInfo.InvariantCulture);
        return true;
    }
}
