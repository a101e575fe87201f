using Headwater.Core.Avro;

namespace Headwater.Client;

/// <summary>Skips a field that the C# type does not have. The structure of the value was checked when its event was read.</summary>
internal sealed class AvroSkip(AvroNode node)
{
    private readonly AvroSkip[] _parts = [.. node.Parts.Select(n => new AvroSkip(n))];

    public void Skip(ref AvroReader reader)
    {
        switch (node.Type)
        {
            case "null":
                break;
            case "boolean":
                reader.Skip(1);
                break;
            case "float":
                reader.Skip(4);
                break;
            case "double":
                reader.Skip(8);
                break;
            case "fixed":
                reader.Skip(node.Size);
                break;
            case "string" or "bytes":
                reader.SkipBytes();
                break;
            case "union":
                _parts[reader.ReadUnionIndex(_parts.Length)].Skip(ref reader);
                break;
            case "record":
                SkipFields(ref reader);
                break;
            case "array" or "map":
                SkipItems(ref reader);
                break;
            default:
                reader.SkipLong();
                break;
        }
    }

    private void SkipFields(ref AvroReader reader)
    {
        foreach (AvroSkip field in _parts)
        {
            field.Skip(ref reader);
        }
    }

    private void SkipItems(ref AvroReader reader)
    {
        int least = node.Items!.LeastBytes;
        for (AvroBlock block = reader.ReadBlock(least); block.Count > 0; block = reader.ReadBlock(least))
        {
            for (int i = 0; i < block.Count; i++)
            {
                if (node.Type == "map")
                {
                    reader.SkipBytes();
                }

                _parts[0].Skip(ref reader);
            }
        }
    }
}
