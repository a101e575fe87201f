using System.Text.Json.Nodes;
using Avro.Generic;
using Headwater.Core.Tests.Golden;

namespace Headwater.Core.Tests.Foreign;

/// <summary>Foreign Avro readers open the golden segments and read their events.</summary>
public sealed class ForeignReaderTests
{
    [Theory]
    [InlineData(GoldenFiles.Null)]
    [InlineData(GoldenFiles.Deflate)]
    public void Apache_Avro_for_NET_reads_a_segment(string name)
    {
        using var reader = global::Avro.File.DataFileReader<GenericRecord>.OpenReader(GoldenFiles.PathOf(name));
        GoldenEvents.AssertAll(reader.NextEntries.Select(ToJson).ToArray());
    }

    [Fact]
    public void Apache_Avro_for_NET_reads_a_segment_without_a_schema()
    {
        using var reader = global::Avro.File.DataFileReader<GenericRecord>.OpenReader(GoldenFiles.PathOf(GoldenFiles.Bare));
        Assert.Equal(["00ff7f", "", null], reader.NextEntries.Select(read => (string?)ToJson(read["value"])).ToArray());
    }

    [Theory]
    [InlineData(GoldenFiles.Null)]
    [InlineData(GoldenFiles.Deflate)]
    public async Task Avsc_reads_a_segment(string name)
    {
        ForeignTool.RequireNpm("avsc");
        string[] lines = await ForeignTool.RunAsync("node", ["read-segment.mjs", GoldenFiles.PathOf(name)]);
        GoldenEvents.AssertAll(lines.Select(line => JsonNode.Parse(line)));
    }

    [Fact]
    public async Task Debians_python3_avro_reads_a_segment_of_zstandard()
    {
        ForeignTool.RequireFile("python3-avro", "python3-avro", "/usr/lib/python3/dist-packages/avro/datafile.py");
        ForeignTool.RequireFile("python3-zstandard", "python3-zstandard", "/usr/lib/python3/dist-packages/zstandard/__init__.py");
        string[] lines = await ForeignTool.RunAsync("/usr/bin/python3", ["read_segment.py", GoldenFiles.PathOf(GoldenFiles.Zstandard)]);
        GoldenEvents.AssertAll(lines.Select(line => JsonNode.Parse(line)));
    }

    [Theory]
    [InlineData(GoldenFiles.Null)]
    [InlineData(GoldenFiles.Deflate)]
    public async Task Debians_python3_avro_reads_a_segment(string name)
    {
        ForeignTool.RequireFile("python3-avro", "python3-avro", "/usr/lib/python3/dist-packages/avro/datafile.py");
        string[] lines = await ForeignTool.RunAsync("/usr/bin/python3", ["read_segment.py", GoldenFiles.PathOf(name)]);
        GoldenEvents.AssertAll(lines.Select(line => JsonNode.Parse(line)));
    }

    /// <summary>Avrocat prints the Avro JSON encoding, with wrapped union branches and without namespaces, so only some fields are compared.</summary>
    [Theory]
    [InlineData(GoldenFiles.Null)]
    [InlineData(GoldenFiles.Deflate)]
    public async Task Avrocat_reads_a_segment(string name)
    {
        string avrocat = ForeignTool.RequireFile("avrocat", "avro-bin", "/usr/bin/avrocat");
        string[] lines = await ForeignTool.RunAsync(avrocat, [GoldenFiles.PathOf(name)]);
        Assert.Equal(
            GoldenEvents.All.Select(read => ((long?)read!["offset"], (string?)read["key"], (int?)read["value"]?["delay"])),
            lines.Select(line => JsonNode.Parse(line)!).Select(read =>
                ((long?)read["offset"], (string?)read["key"]?["string"], (int?)read["value"]?["Flight"]?["delay"])));
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        byte[] bytes => JsonValue.Create(Convert.ToHexStringLower(bytes)),
        GenericFixed bytes => JsonValue.Create(Convert.ToHexStringLower(bytes.Value)),
        DateTime instant => JsonValue.Create((instant - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond),
        GenericRecord record => new JsonObject(record.Schema.Fields.Select(field => KeyValuePair.Create(field.Name, ToJson(record[field.Name])))),
        IDictionary<string, object> map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, ToJson(pair.Value)))),
        _ => throw new InvalidOperationException($"A {value.GetType()} in an event."),
    };
}
