using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>In JSON an object with any members. Duplicate keys are rejected, also in Avro binary, because JSON readers keep only one of them.</summary>
internal sealed class MapNode(SchemaNode values) : SchemaNode
{
    public override string Name => "map";

    public override JsonShapes Written => JsonShapes.Object;

    public override int MinBytes => 1;

    public SchemaNode Values { get; } = values;

    /// <summary>The smallest size of an entry in bytes: the length of its key, and its value.</summary>
    private int MinEntryBytes => Math.Min(int.MaxValue - 1, Values.MinBytes) + 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return to.Expected("a map (an object)", value);
        }

        if (!to.Enter())
        {
            return false;
        }

        int count = value.GetPropertyCount();
        if (count > 0)
        {
            to.Output.WriteBlockCount(count);
        }

        DistinctNames keys = default;
        try
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                if (!TryWriteEntry(member, count, ref keys, ref to))
                {
                    return to.Within(member);
                }
            }
        }
        finally
        {
            keys.Dispose();
        }

        to.Output.WriteBlockCount(0);
        to.Leave();
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.StartObject || !from.Enter())
        {
            return false;
        }

        int start = from.Output.BeginBlock();
        int count = 0;
        DistinctNames keys = default;
        try
        {
            while (from.Reader.Read() && from.Reader.TokenType != JsonTokenType.EndObject)
            {
                if (!from.TryGetPlainText(out ReadOnlySpan<byte> key) || !keys.Add(key))
                {
                    return false;
                }

                from.Output.WriteSized(key);
                from.Reader.Read();
                if (!Values.TryWriteNext(ref from))
                {
                    return false;
                }

                count++;
            }
        }
        finally
        {
            keys.Dispose();
        }

        from.Output.EndBlock(start, count);
        from.Leave();
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind != JsonValueKind.Object || !to.Enter())
        {
            return false;
        }

        int count = value.GetPropertyCount();
        if (count > 0)
        {
            to.Output.WriteBlockCount(count);
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            to.Output.WriteString(member.Name);
            if (!Values.TryWriteDefault(member.Value, to))
            {
                return false;
            }
        }

        to.Output.WriteBlockCount(0);
        to.Leave();
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk)
    {
        walk.Enter(reader);
        var keys = new MapKeys();
        try
        {
            for (AvroBlock block = walk.ReadBlock(ref reader, MinEntryBytes); block.Count > 0; block = walk.ReadBlock(ref reader, MinEntryBytes))
            {
                for (int i = 0; i < block.Count; i++)
                {
                    keys.Read(ref reader);
                    Values.Skip(ref reader, ref walk);
                }

                reader.EndBlock(block);
            }
        }
        finally
        {
            keys.Dispose();
        }

        walk.Leave();
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        to.Walk.Enter(reader);
        to.Json.WriteStartObject();
        var keys = new MapKeys();
        try
        {
            for (AvroBlock block = to.Walk.ReadBlock(ref reader, MinEntryBytes); block.Count > 0; block = to.Walk.ReadBlock(ref reader, MinEntryBytes))
            {
                for (int i = 0; i < block.Count; i++)
                {
                    to.Json.WritePropertyName(keys.Read(ref reader));
                    Values.WriteJson(ref reader, ref to);
                }

                reader.EndBlock(block);
            }
        }
        finally
        {
            keys.Dispose();
        }

        to.Json.WriteEndObject();
        to.Walk.Leave();
    }

    private bool TryWriteEntry(JsonProperty member, int count, ref DistinctNames keys, ref JsonToAvro to)
    {
        if (!to.TryGetName(member, out ReadOnlySpan<byte> key))
        {
            return false;
        }

        if (count > 1 && !keys.Add(key))
        {
            return to.Refuse("given twice");
        }

        to.Output.WriteUtf8(key);
        return Values.TryWrite(to.Shown(member.Value), ref to);
    }
}
