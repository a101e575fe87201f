using System.Text;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>A body of settings costs memory for what it may hold, not for what was sent.</summary>
public sealed class SettingsCostTests
{
    private const int Repeated = 100_000;

    public static TheoryData<string, string, string> Bodies => new()
    {
        { "POST", "/streams/s/maintenance", $$"""{"work":[{{string.Join(',', Enumerable.Repeat("\"seal\"", Repeated))}}]}""" },
        { "POST", "/streams/s/maintenance", Members("") },
        { "PATCH", "/streams/s", Members("") },
        { "PATCH", "/streams/s", $$"""{"retention":{{Members("")}}}""" },
        { "PUT", "/streams/s/groups/g/offsets", $$"""{"offsets":[{{Members("")}}]}""" },
        { "POST", "/streams/s/groups/g/members", Members("") },
        { "POST", "/streams/s/groups/g/reset", Members("") },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_of_many_items_or_members_allocates_no_more_than_its_parsed_form(string method, string path, string body)
    {
        var api = new TestApi();
        await api.CreateAsync();
        byte[] sent = Encoding.UTF8.GetBytes(body);
        Assert.Equal(400, (await SendAsync()).Status); // Compiles the code.
        long before = GC.GetAllocatedBytesForCurrentThread();
        await SendAsync();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);

        Task<Reply> SendAsync() => api.SendAsync(method, path, sent, ("Content-Type", "application/json"));
    }

    private static string Members(string prefix) => $"{{{string.Join(',', Enumerable.Range(0, Repeated).Select(i => $"\"{prefix}{i:x5}\":0"))}}}";
}
