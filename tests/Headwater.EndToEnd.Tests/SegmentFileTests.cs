using System.Net;
using System.Text.Json.Nodes;
using Avro.File;
using Avro.Generic;
using Headwater.Core.Tests.Foreign;

namespace Headwater.EndToEnd.Tests;

/// <summary>Foreign Avro implementations can read a segment downloaded through its signed URL.</summary>
public sealed class SegmentFileTests(RunningLog log)
{
    [Fact]
    public async Task Apache_Avro_opens_a_segment()
    {
        using MemoryStream file = new(await DownloadAsync());
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(file);

        Assert.Equal(
            [(0L, "SEA", -3), (1L, "OAK", 12), (2L, "SEA", 0)],
            reader.NextEntries.Select(e => ((long)e["offset"], (string)e["key"], (int)((GenericRecord)e["value"])["delay"])));
    }

    [Fact]
    public async Task Avsc_opens_a_segment()
    {
        ForeignTool.RequireNpm("avsc");

        AssertFlights(await WithFileAsync(file => ForeignTool.RunAsync("node", ["read-segment.mjs", file])));
    }

    [Fact]
    public async Task Debians_python3_avro_opens_a_segment()
    {
        ForeignTool.RequireFile("python3-avro", "python3-avro", "/usr/lib/python3/dist-packages/avro/datafile.py");

        AssertFlights(await WithFileAsync(file => ForeignTool.RunAsync("/usr/bin/python3", ["read_segment.py", file])));
    }

    [Fact]
    public async Task Avrocat_opens_a_segment()
    {
        string avrocat = ForeignTool.RequireFile("avrocat", "avro-bin", "/usr/bin/avrocat");

        string[] lines = await WithFileAsync(file => ForeignTool.RunAsync(avrocat, [file]));

        Assert.Equal([-3, 12, 0], lines.Select(l => (int)JsonNode.Parse(l)!["value"]!["Flight"]!["delay"]!));
    }

    [Fact]
    public async Task A_signed_URL_does_not_let_anyone_write()
    {
        string stream = await PostedAsync();
        Uri url = await UrlAsync(stream);
        using HttpRequestMessage delete = new(HttpMethod.Delete, url);

        using HttpResponseMessage answer = await log.Http.SendAsync(delete, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(3, (await log.ValuesAsync(stream)).Length);
    }

    private async Task<string> PostedAsync()
    {
        string stream = await log.CreateAsync(Flights.Settings);
        using HttpResponseMessage posted = await log.PostAsync(stream, Flights.Json);
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        return stream;
    }

    private async Task<Uri> UrlAsync(string stream)
    {
        JsonNode listing = await log.GetAsync($"/streams/{stream}/segments");
        return new Uri((string)Assert.Single(listing["segments"]!.AsArray())!["url"]!);
    }

    private async Task<byte[]> DownloadAsync() => await log.Http.GetByteArrayAsync(await UrlAsync(await PostedAsync()), TestContext.Current.CancellationToken);

    private async Task<string[]> WithFileAsync(Func<string, Task<string[]>> read)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.avro");
        try
        {
            await File.WriteAllBytesAsync(file, await DownloadAsync(), TestContext.Current.CancellationToken);
            return await read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void AssertFlights(string[] lines) => Assert.Equal(
        [(0L, "SEA", -3), (1L, "OAK", 12), (2L, "SEA", 0)],
        lines.Select(l => JsonNode.Parse(l)!).Select(e => ((long)e["offset"]!, (string)e["key"]!, (int)Value(e)["delay"]!)));

    // If avsc cannot infer the branch of a union, it wraps the record in an object named after the branch.
    private static JsonNode Value(JsonNode read) => read["value"]!["Flight"] ?? read["value"]!;
}
