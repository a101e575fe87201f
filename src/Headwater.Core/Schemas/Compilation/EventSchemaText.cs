using System.Text.Json;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// Builds the schema of a stored event around the schema of its value. The event's types have no namespace and the value is the last field,
/// so the text of the stream's own schema is inserted unchanged. Segment headers store this text: it must never change.
/// </summary>
internal static class EventSchemaText
{
    private const string BeforeValue =
        """
        {"type":"record","name":"HeadwaterEvent","doc":"An event of a Headwater stream, as stored.","fields":[
        {"name":"offset","type":"long","doc":"Position in the partition: from 0, increasing, never used twice."},
        {"name":"appended","type":{"type":"long","logicalType":"timestamp-micros"},"doc":"When the log took it; never decreases within a partition."},
        {"name":"time","type":["null",{"type":"long","logicalType":"timestamp-micros"}],"default":null,"doc":"When it happened, if the producer said so."},
        {"name":"key","type":["null","string"],"default":null,"doc":"What the event is about: all events of a key are in one partition, in order."},
        {"name":"headers","type":{"type":"map","values":"string"},"default":{},"doc":"What the producer sent along."},
        {"name":"batch","type":["null",{"type":"record","name":"HeadwaterBatch","doc":"The batch a container block holds: one block, one batch.","fields":[
        {"name":"id","type":{"type":"fixed","name":"HeadwaterBatchId","size":16},"doc":"Unique to the batch: a writer knows its own bytes by it."},
        {"name":"request","type":["null",{"type":"fixed","name":"HeadwaterRequestKey","size":16}],"default":null,
        "doc":"From the principal and Idempotency-Key of the request."},
        {"name":"digest","type":["null",{"type":"fixed","name":"HeadwaterRequestDigest","size":16}],"default":null,"doc":"From the body of that request."},
        {"name":"producer","type":["null","string"],"default":null,"doc":"The sequenced producer that sent it."},
        {"name":"epoch","type":"int","doc":"The producer's epoch; 0 without a producer."},
        {"name":"sequence","type":"long","doc":"The request's place in the epoch and partition; 0 without a producer."},
        {"name":"count","type":"int","doc":"The events in the batch: those in the block."},
        {"name":"crc","type":{"type":"fixed","name":"HeadwaterCrc","size":4},
        "doc":"CRC-32C of the block's uncompressed bytes with these four zero, little-endian."}]}],
        "default":null,"doc":"On the first event of a container block, null on the rest."},
        {"name":"value","type":
        """;

    private const string AfterValue = ""","default":null,"doc":"What the producer published; null deletes the key (a tombstone)."}]}""";

    /// <param name="valueSchema">The stream's own schema.</param>
    public static string Around(JsonElement valueSchema)
    {
        JsonElement inner = valueSchema;
        while (inner.ValueKind == JsonValueKind.Object && inner.GetProperty("type").ValueKind != JsonValueKind.String)
        {
            inner = inner.GetProperty("type");
        }

        IEnumerable<string> branches = inner.ValueKind == JsonValueKind.Array
            ? inner.EnumerateArray().Where(branch => !IsNull(branch)).Select(branch => branch.GetRawText())
            : IsNull(inner) ? [] : [valueSchema.GetRawText()];
        return BeforeValue.ReplaceLineEndings("") + "[" + string.Join(",", branches.Prepend("\"null\"")) + "]" + AfterValue;
    }

    /// <summary>Whether a schema, in any of its spellings, is the null type.</summary>
    private static bool IsNull(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.String => schema.ValueEquals("null"),
        JsonValueKind.Object => IsNull(schema.GetProperty("type")),
        _ => false,
    };
}
