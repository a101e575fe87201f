using System.Buffers;
using Avro;
using Avro.Generic;
using Avro.IO;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>The schema of a stored event, as Apache.Avro parses it.</summary>
public sealed class EventSchemaTests
{
    private const string Recursive = """{"type":"record","name":"Node","namespace":"my.tree","fields":[{"name":"left","type":["null","Node"],"default":null},"""
        + """{"name":"colour","type":{"type":"enum","name":"Colour","symbols":["RED","BLACK"]}}]}""";

    public static TheoryData<string, string> Schemas => new()
    {
        { "\"null\"", """["null"]""" },
        { "\"string\"", """["null","string"]""" },
        { """{"type":"long","logicalType":"timestamp-millis","doc":"when"}""", """["null","long"]""" },
        { """{ "type" : "array", "items": "int" }""", """["null",{"type":"array","items":"int"}]""" },
        { """["null"]""", """["null"]""" },
        { """["string","null","int"]""", """["null","string","int"]""" },
        { """["int",{"type":"null"},"string"]""", """["null","int","string"]""" },
        { """["int","string"]""", """["null","int","string"]""" },
        { """{"type":["int","string"]}""", """["null","int","string"]""" },
        { """{"type":"enum","name":"E","symbols":["A"]}""", """["null",{"name":"E","type":"enum","symbols":["A"]}]""" },
        { """{"type":"fixed","name":"n.F","size":3}""", """["null",{"name":"n.F","type":"fixed","size":3}]""" },
        {
            """{"type":"record","name":"R","fields":[{"name":"a","type":["null","R"],"default":null}]}""",
            """["null",{"name":"R","type":"record","fields":[{"name":"a","type":["null","R"]}]}]"""
        },
        {
            Recursive,
            """["null",{"name":"my.tree.Node","type":"record","fields":[{"name":"left","type":["null","my.tree.Node"]},"""
                + """{"name":"colour","type":{"name":"my.tree.Colour","type":"enum","symbols":["RED","BLACK"]}}]}]"""
        },
        {
            $"[{Recursive},\"my.tree.Colour\",\"null\"]",
            """["null",{"name":"my.tree.Node","type":"record","fields":[{"name":"left","type":["null","my.tree.Node"]},"""
                + """{"name":"colour","type":{"name":"my.tree.Colour","type":"enum","symbols":["RED","BLACK"]}}]},"my.tree.Colour"]"""
        },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public void The_value_is_null_or_the_streams_own_type(string text, string union)
    {
        RecordSchema record = (RecordSchema)Schema.Parse(ValueSchema.Parse(text).EventSchema);
        Assert.Equal(union, SchemaNormalization.ToParsingForm(record["value"].Schema));
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void The_streams_own_text_stands_in_it_as_it_was_given(string text, string union)
    {
        _ = union;
        if (text.StartsWith('{') && !text.StartsWith("{\"type\":[", StringComparison.Ordinal))
        {
            Assert.Contains(text, ValueSchema.Parse(text).EventSchema, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(text, ValueSchema.Parse(text).Verbatim);
        }
    }

    [Fact]
    public void The_record_around_it_is_the_one_of_the_storage_format() =>
        Assert.Equal(
            """{"name":"HeadwaterEvent","type":"record","fields":[{"name":"offset","type":"long"},{"name":"appended","type":"long"},"""
                + """{"name":"time","type":["null","long"]},{"name":"key","type":["null","string"]},"""
                + """{"name":"headers","type":{"type":"map","values":"string"}},{"name":"batch","type":["null","""
                + """{"name":"HeadwaterBatch","type":"record","fields":[{"name":"id","type":{"name":"HeadwaterBatchId","type":"fixed","size":16}},"""
                + """{"name":"request","type":["null",{"name":"HeadwaterRequestKey","type":"fixed","size":16}]},{"name":"digest","type":["null","""
                + """{"name":"HeadwaterRequestDigest","type":"fixed","size":16}]},{"name":"producer","type":["null","string"]},"""
                + """{"name":"epoch","type":"int"},{"name":"sequence","type":"long"},{"name":"count","type":"int"},"""
                + """{"name":"crc","type":{"name":"HeadwaterCrc","type":"fixed","size":4}}]}]},{"name":"value","type":["null","bytes"]}]}""",
            SchemaNormalization.ToParsingForm(Schema.Parse(ValueSchema.Bytes.EventSchema)));

    [Fact]
    public void Every_field_of_ours_says_what_it_is()
    {
        RecordSchema record = (RecordSchema)Schema.Parse(ValueSchema.Bytes.EventSchema);
        RecordSchema batch = (RecordSchema)((UnionSchema)record["batch"].Schema).Schemas[1];
        Assert.All(record.Fields.Concat(batch.Fields), field => Assert.False(string.IsNullOrEmpty(field.Documentation), field.Name));
    }

    [Fact]
    public void Apache_Avro_reads_an_event_written_beside_the_value()
    {
        var schema = ValueSchema.Parse(Recursive);
        var output = new ArrayBufferWriter<byte>();
        output.WriteLong(7);
        output.WriteLong(1_000_000);
        output.Write("\0\0\0\0"u8);
        output.Write(Coding.Encode(schema, """{"left":{"colour":"RED"},"colour":"BLACK"}"""));
        RecordSchema record = (RecordSchema)Schema.Parse(schema.EventSchema);

        var read = new GenericReader<GenericRecord>(record, record).Read(null!, new BinaryDecoder(new MemoryStream(output.WrittenSpan.ToArray())));

        var value = (GenericRecord)read["value"];
        Assert.Equal("RED", ((GenericEnum)((GenericRecord)value["left"])["colour"]).Value);
        Assert.Equal("BLACK", ((GenericEnum)value["colour"]).Value);
    }

    [Theory]
    [InlineData("\"int\"", false, "int")]
    [InlineData("\"null\"", true, "null")]
    [InlineData("""["null","int"]""", true, "union")]
    [InlineData("""["int","string"]""", false, "union")]
    [InlineData("""{"type":"record","name":"R","namespace":"a.b","fields":[]}""", false, "a.b.R")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", false, "long")]
    public void It_says_what_it_is(string text, bool acceptsNull, string fullName)
    {
        var schema = ValueSchema.Parse(text);
        Assert.Equal((acceptsNull, fullName, text), (schema.AcceptsNull, schema.FullName, schema.Verbatim));
    }

    /// <summary>Test vectors of Apache Avro's share/test/data/schema-tests.txt.</summary>
    [Theory]
    [InlineData("\"null\"", "\"null\"", 7195948357588979594L)]
    [InlineData("\"boolean\"", "\"boolean\"", -6970731678124411036L)]
    [InlineData("\"int\"", "\"int\"", 8247732601305521295L)]
    [InlineData("\"long\"", "\"long\"", -3434872931120570953L)]
    [InlineData("\"float\"", "\"float\"", 5583340709985441680L)]
    [InlineData("\"double\"", "\"double\"", -8181574048448539266L)]
    [InlineData("\"bytes\"", "\"bytes\"", 5746618253357095269L)]
    [InlineData("\"string\"", "\"string\"", -8142146995180207161L)]
    [InlineData("""[ "int" , {"type":"boolean"} ]""", """["int","boolean"]""", 5392556393470105090L)]
    [InlineData(
        """{"fields":[], "type":"record", "name":"foo", "namespace":"x.y"}""",
        """{"name":"x.y.foo","type":"record","fields":[]}""",
        5916914534497305771L)]
    [InlineData(
        """{"fields":[], "type":"record", "name":"a.b.foo", "namespace":"x.y"}""",
        """{"name":"a.b.foo","type":"record","fields":[]}""",
        -4616218487480524110L)]
    [InlineData(
        """{"fields":[], "type":"record", "name":"foo", "doc":"foo", "aliases":["foo","bar"]}""",
        """{"name":"foo","type":"record","fields":[]}""",
        -4824392279771201922L)]
    [InlineData(
        """{ "fields":[{"type":"boolean", "aliases":[], "name":"f1", "default":true}, """
            + """{"order":"descending","name":"f2","doc":"Hello","type":"int"}], "type":"record", "name":"foo" }""",
        """{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}""",
        -4860222112080293046L)]
    [InlineData(
        """{"namespace":"x.y.z", "type":"enum", "name":"foo", "doc":"foo bar", "symbols":["A1", "A2"]}""",
        """{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}""",
        -4448647247586288245L)]
    [InlineData(
        """{"namespace":"x.y.z", "type":"fixed", "name":"foo", "doc":"foo bar", "size":32}""",
        """{"name":"x.y.z.foo","type":"fixed","size":32}""",
        -3064184465700546786L)]
    [InlineData("""{ "items":{"type":"null"}, "type":"array"}""", """{"type":"array","items":"null"}""", -589620603366471059L)]
    [InlineData("""{ "values":"string", "type":"map"}""", """{"type":"map","values":"string"}""", -8732877298790414990L)]
    [InlineData(
        """{"name":"PigValue","type":"record", "fields":[{"name":"value", "type":["null", "int", "long", "PigValue"]}]}""",
        """{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}""",
        -1759257747318642341L)]
    public void Canonical_form_and_fingerprint_are_Avros(string text, string canonical, long fingerprint)
    {
        var schema = ValueSchema.Parse(text);
        Assert.Equal((canonical, (ulong)fingerprint), (schema.CanonicalForm, schema.Fingerprint));
    }

    [Theory]
    [InlineData(
        """{"type":"record","name":"my.R","doc":"x","fields":[{"name":"a","doc":"y","default":1,"type":{"type":"int","logicalType":"date"}}]}""",
        """{"name":"R","namespace":"my","type":"record","fields":[{"type":"int","name":"a"}]}""",
        true)]
    [InlineData("""{"type":"fixed","name":"F","size":12,"logicalType":"duration"}""", """{"type":"fixed","name":"F","size":12}""", true)]
    [InlineData("""{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}""", """{"type":"fixed","name":"F","size":12}""", false)]
    [InlineData("""["null","int"]""", """["int","null"]""", false)]
    [InlineData("\"int\"", "\"long\"", false)]
    [InlineData("\"int\"", "{\"type\":{\"type\":\"int\"}}", true)]
    public void A_writers_schema_is_the_same_when_the_canonical_forms_are(string text, string writer, bool same) =>
        Assert.Equal(same, ValueSchema.Parse(text).SameAs(writer, out _));

    [Fact]
    public void A_writers_schema_that_is_none_is_refused() =>
        Assert.Throws<SchemaException>(() => ValueSchema.Parse("\"int\"").SameAs("int", out _));

    [Fact]
    public void A_stream_without_schema_takes_bytes()
    {
        var output = new ArrayBufferWriter<byte>();
        ValueSchema.Bytes.WriteBytes([1, 2], output);
        Assert.Equal("02040102", Convert.ToHexStringLower(output.WrittenSpan));

        var reader = new AvroReader(output.WrittenSpan);
        Assert.Equal([1, 2], ValueSchema.Bytes.ReadBytes(ref reader, out bool isNull).ToArray());
        Assert.False(isNull);
    }

    [Fact]
    public void A_stream_without_schema_has_tombstones()
    {
        var output = new ArrayBufferWriter<byte>();
        ValueSchema.Bytes.WriteNull(output);
        var reader = new AvroReader(output.WrittenSpan);
        ValueSchema.Bytes.ReadBytes(ref reader, out bool isNull);
        Assert.True(isNull);
    }
}
