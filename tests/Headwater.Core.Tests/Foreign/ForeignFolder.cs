using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Core.Tests.Segments;

namespace Headwater.Core.Tests.Foreign;

/// <summary>A temporary folder of segments, each of another schema, that one run of a foreign reader opens.</summary>
internal sealed class ForeignFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-foreign-").FullName;
    private readonly List<string> _schemas = [];

    /// <summary>The schemas in the order in which they were added.</summary>
    public IReadOnlyList<string> Schemas => _schemas;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Adds a segment with these values, encoded with the branch of the union that stored values are in, and a tombstone.</summary>
    public void Add(string schema, params byte[][] values)
    {
        var output = new ArrayBufferWriter<byte>();
        (Samples.BareHeader with { Schema = ValueSchema.ParseNew(schema) }).WriteTo(output);
        using var events = new EventBatch();
        foreach (byte[] value in values)
        {
            events.Begin(null, "k", []);
            events.Value.Write(value);
            events.End();
        }

        Samples.Bytes(events, "k", null);
        BatchRecord batch = Samples.PlainBatch with { Count = values.Length + 1 };
        BlockEncoder.Write(events, batch, Offset.Zero, new UnixMicros(Samples.Appended), BlockCodec.Null, Samples.Sync, output);
        File.WriteAllBytes(PathOf(_schemas.Count), output.WrittenSpan.ToArray());
        _schemas.Add(schema);
    }

    /// <summary>What avsc answers for each segment.</summary>
    public Task<JsonNode[]> OpenWithAvscAsync()
    {
        ForeignTool.RequireNpm("avsc");
        return OpenAsync("node", "open-segments.mjs");
    }

    /// <summary>What python3-avro answers for each segment.</summary>
    public Task<JsonNode[]> OpenWithPythonAsync()
    {
        ForeignTool.RequireFile("python3-avro", "python3-avro", "/usr/lib/python3/dist-packages/avro/datafile.py");
        return OpenAsync("/usr/bin/python3", "open_segments.py");
    }

    private string PathOf(int index) => Path.Combine(_folder, index.ToString(CultureInfo.InvariantCulture) + ".avro");

    private async Task<JsonNode[]> OpenAsync(string program, string script)
    {
        string[] lines = await ForeignTool.RunAsync(program, [script], string.Concat(Enumerable.Range(0, _schemas.Count).Select(i => PathOf(i) + "\n")));
        Assert.Equal(_schemas.Count, lines.Length);
        return [.. lines.Select(line => JsonNode.Parse(line)!)];
    }
}
