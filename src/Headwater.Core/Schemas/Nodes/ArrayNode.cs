using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class ArrayNode(SchemaNode items) : SchemaNode
{
    public override string Name => "array";

    public override JsonShapes Written => JsonShapes.Array;

    public override int MinBytes => 1;

    public SchemaNode Items { get; } = items;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return to.Expected("an array", value);
        }

        int count = value.GetArrayLength();
        if (!to.Enter() || (Items.MinBytes == 0 && !to.AddEmptyItems(count)))
        {
            return false;
        }

        if (count > 0)
        {
            to.Output.WriteBlockCount(count);
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!Items.TryWrite(to.Shown(item), ref to))
            {
                return to.Probing ? false : to.Within(index);
            }

            index++;
        }

        to.Output.WriteBlockCount(0);
        to.Leave();
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        // Items without bytes count towards a limit per value, which the conversion of documents keeps.
        if (from.Reader.TokenType != JsonTokenType.StartArray || Items.MinBytes == 0 || !from.Enter())
        {
            return false;
        }

        int start = from.Output.BeginBlock();
        int count = 0;
        while (from.Reader.Read() && from.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (!Items.TryWriteNext(ref from))
            {
                return false;
            }

            count++;
        }

        from.Output.EndBlock(start, count);
        from.Leave();
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind != JsonValueKind.Array || !to.Enter())
        {
            return false;
        }

        int count = value.GetArrayLength();
        if (count > 0)
        {
            // Items without bytes count towards a limit per value, and a default must not use it up.
            if (Items.MinBytes == 0)
            {
                return false;
            }

            to.Output.WriteBlockCount(count);
        }

        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!Items.TryWriteDefault(item, to))
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
        for (AvroBlock block = walk.ReadBlock(ref reader, Items.MinBytes); block.Count > 0; block = walk.ReadBlock(ref reader, Items.MinBytes))
        {
            for (int i = 0; i < block.Count; i++)
            {
                Items.Skip(ref reader, ref walk);
            }

            reader.EndBlock(block);
        }

        walk.Leave();
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        to.Walk.Enter(reader);
        to.Json.WriteStartArray();
        for (AvroBlock block = to.Walk.ReadBlock(ref reader, Items.MinBytes); block.Count > 0; block = to.Walk.ReadBlock(ref reader, Items.MinBytes))
        {
            for (int i = 0; i < block.Count; i++)
            {
                Items.WriteJson(ref reader, ref to);
            }

            reader.EndBlock(block);
        }

        to.Json.WriteEndArray();
        to.Walk.Leave();
    }
}
