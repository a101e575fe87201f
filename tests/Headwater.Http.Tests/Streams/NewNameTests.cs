using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>A segment of a blob's path may not end in a dot on the real service, and <c>..</c> is removed from paths by many clients.</summary>
public sealed class NewNameTests
{
    private const string Event = """[{"value":1}]""";

    private static readonly (string, string) Json = ("Content-Type", "application/json");

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("PUT", "/streams/a.", "{}")]
    [InlineData("PUT", "/streams/a..b", "{}")]
    [InlineData("POST", "/streams/s/producers/a.", "")]
    [InlineData("POST", "/streams/s/producers/a..b", "")]
    [InlineData("POST", "/streams/s/groups/a./members", "{}")]
    [InlineData("POST", "/streams/s/groups/a..b/members", "{}")]
    [InlineData("PUT", "/streams/s/groups/a./offsets", """{"offsets":[{"partition":0,"offset":0}]}""")]
    [InlineData("PUT", "/streams/s/groups/a..b/offsets", """{"offsets":[{"partition":0,"offset":0}]}""")]
    public async Task A_new_name_neither_ends_in_a_dot_nor_has_two_in_a_row(string method, string path, string body)
    {
        await _api.CreateAsync();
        string[] before = await NamesAsync();

        Reply reply = await _api.SendAsync(method, path, body, Json);

        Assert.Equal((400, "invalid_name"), (reply.Status, reply.Code));
        Assert.Equal(before, await NamesAsync());
    }

    [Theory]
    [InlineData("PUT", "/streams/a.b", "{}", 201)]
    [InlineData("POST", "/streams/s/producers/a.b", "", 200)]
    [InlineData("POST", "/streams/s/groups/a.b/members", "{}", 200)]
    public async Task Single_dots_inside_a_name_are_taken(string method, string path, string body, int status)
    {
        await _api.CreateAsync();

        Assert.Equal(status, (await _api.SendAsync(method, path, body, Json)).Status);
    }

    [Fact]
    public async Task A_stream_that_exists_under_such_a_name_is_used_as_any_other()
    {
        await _api.CreateAsync();
        await CopyAsync("s/", "a./");

        Assert.Equal(200, (await _api.SendAsync("PUT", "/streams/a.", "{}", Json)).Status);
        Assert.Equal(200, (await _api.PostAsync("/streams/a./events", Event)).Status);
        Assert.Equal(200, (await _api.GetAsync("/streams/a./partitions/0/events")).Status);
    }

    [Fact]
    public async Task A_producer_and_a_group_that_exist_under_such_a_name_are_used_as_any_other()
    {
        await _api.CreateAsync();
        await _api.SendAsync("POST", "/streams/s/producers/a", "", Json);
        await CopyAsync("s/", "s/", "/producers/a.json", "/producers/a..json");
        await _api.SendAsync("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":0}]}""", Json);
        await CopyAsync("s/", "s/", "/groups/g.json", "/groups/g..json");

        Assert.Equal(200, (await _api.SendAsync("POST", "/streams/s/producers/a.", "", Json)).Status);
        Assert.Equal(200, (await _api.PostAsync("/streams/s/groups/g./members", "{}")).Status);
    }

    /// <summary>Copies blobs under other names, as an earlier version could have written them.</summary>
    private async Task CopyAsync(string from, string to, string suffix = "", string? newSuffix = null)
    {
        foreach (string name in (await NamesAsync()).Where(n => n.StartsWith(from, StringComparison.Ordinal) && n.EndsWith(suffix, StringComparison.Ordinal)))
        {
            using BlobRead read = (await _api.Blobs.ReadAsync(name, 0, 1 << 20, TestApi.Cancellation))!;
            string copy = to + name[from.Length..^suffix.Length] + (newSuffix ?? suffix);
            if (name.EndsWith(".avro", StringComparison.Ordinal))
            {
                await _api.Blobs.CreateAppendBlobAsync(copy, TestApi.Cancellation);
                await _api.Blobs.AppendBlockAsync(copy, 0, read.Content.ToArray(), TestApi.Cancellation);
            }
            else
            {
                await _api.Blobs.WriteAsync(copy, read.Content.ToArray(), WriteCondition.IfAbsent, TestApi.Cancellation);
            }
        }
    }

    private async Task<string[]> NamesAsync() => [.. (await _api.Blobs.ListAsync("", null, 1000, TestApi.Cancellation)).Items.Select(i => i.Name)];
}
