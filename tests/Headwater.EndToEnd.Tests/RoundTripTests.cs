using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Avro.File;
using Avro.Generic;

namespace Headwater.EndToEnd.Tests;

/// <summary>Over real HTTP, Kestrel and Azurite: events posted in any format can be read in any format.</summary>
public sealed class RoundTripTests(RunningLog log)
{
    [Theory]
    [InlineData("application/json", Flights.Json)]
    [InlineData("application/x-ndjson", Flights.NdJson)]
    [InlineData("application/cloudevents-batch+json", Flights.CloudEventBatch)]
    public async Task Events_posted_as_text_come_back_as_JSON(string type, string body)
    {
        string stream = await log.CreateAsync(Flights.Settings);

        using HttpResponseMessage posted = await log.PostAsync(stream, body, type);

        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        AssertFlights(await log.GetAsync($"/streams/{stream}/partitions/0/events"));
    }

    [Fact]
    public async Task What_was_read_as_Avro_can_be_posted_as_Avro()
    {
        string from = await PostedAsync();
        string to = await log.CreateAsync(Flights.Settings);
        byte[] file = await ReadAsync(from, "application/avro");
        using ByteArrayContent body = new(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/avro") } };

        using HttpResponseMessage posted = await log.Http.PostAsync($"/streams/{to}/events", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        AssertFlights(await log.GetAsync($"/streams/{to}/partitions/0/events"));
    }

    [Fact]
    public async Task Events_are_read_as_lines_of_JSON()
    {
        string stream = await PostedAsync();

        string text = System.Text.Encoding.UTF8.GetString(await ReadAsync(stream, "application/x-ndjson"));

        AssertFlights(
            new JsonObject { ["events"] = new JsonArray([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l))]) });
    }

    [Fact]
    public async Task Events_are_read_as_a_batch_of_CloudEvents()
    {
        string stream = await PostedAsync();

        JsonNode batch = JsonNode.Parse(await ReadAsync(stream, "application/cloudevents-batch+json"))!;

        Assert.Equal(["0-0", "0-1", "0-2"], batch.AsArray().Select(e => (string)e!["id"]!));
        Assert.Equal(Flights.Values, batch.AsArray().Select(e => Plain(e!["data"])));
    }

    [Fact]
    public async Task Events_are_read_as_an_Avro_file_that_Apache_Avro_opens()
    {
        string stream = await PostedAsync();

        using MemoryStream file = new(await ReadAsync(stream, "application/avro"));
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(file);

        Assert.Equal([-3, 12, 0], reader.NextEntries.Select(e => (int)((GenericRecord)e["value"])["delay"]));
    }

    [Fact]
    public async Task A_gzipped_body_is_taken()
    {
        string stream = await log.CreateAsync(Flights.Settings);
        using MemoryStream packed = new();
        using (System.IO.Compression.GZipStream gzip = new(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(Flights.Json));
        }

        using ByteArrayContent body = new(packed.ToArray())
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { "gzip" } },
        };
        using HttpResponseMessage posted = await log.Http.PostAsync($"/streams/{stream}/events", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        AssertFlights(await log.GetAsync($"/streams/{stream}/partitions/0/events"));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_nothing_of_it_stored()
    {
        string stream = await log.CreateAsync();
        string body = $"[{{\"value\":\"{new string('x', 26_000_000)}\"}}]";

        using HttpResponseMessage posted = await log.PostAsync(stream, body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, posted.StatusCode);
        Assert.Empty(await log.ValuesAsync(stream));
    }

    [Fact]
    public async Task An_event_that_does_not_fit_is_named_and_nothing_of_the_request_stored()
    {
        string stream = await log.CreateAsync(Flights.Settings);

        using HttpResponseMessage posted = await log.PostAsync(
            stream, """[{"value":{"origin":"SEA","delay":1}},{"value":{"origin":"OAK","delay":"late"}}]""");

        JsonNode problem = JsonNode.Parse(await posted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (posted.StatusCode, posted.Content.Headers.ContentType?.MediaType));
        Assert.Equal((1, "/value/delay"), ((int)problem["errors"]![0]!["index"]!, (string)problem["errors"]![0]!["pointer"]!));
        Assert.Empty(await log.ValuesAsync(stream));
    }

    [Fact]
    public async Task A_reader_that_waits_is_given_what_comes()
    {
        string stream = await log.CreateAsync(Flights.Settings);
        Task<JsonNode> waiting = log.GetAsync($"/streams/{stream}/partitions/0/events?wait=30");

        using HttpResponseMessage posted = await log.PostAsync(stream, Flights.Json);

        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        AssertFlights(await waiting);
    }

    private async Task<string> PostedAsync()
    {
        string stream = await log.CreateAsync(Flights.Settings);
        using HttpResponseMessage posted = await log.PostAsync(stream, Flights.Json);
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        return stream;
    }

    private async Task<byte[]> ReadAsync(string stream, string type)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/streams/{stream}/partitions/0/events") { Headers = { Accept = { new(type) } } };
        using HttpResponseMessage answer = await log.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static void AssertFlights(JsonNode page)
    {
        JsonArray events = page["events"]!.AsArray();
        Assert.Equal([0, 1, 2], events.Select(e => (long)e!["offset"]!));
        Assert.Equal(Flights.Keys, events.Select(e => (string)e!["key"]!));
        Assert.Equal(Flights.Values, events.Select(e => Plain(e!["value"])));
    }

    private static string Plain(JsonNode? node) =>
        node!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
