using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>If events do not match the schema, the answer names all of them and nothing from the request is stored.</summary>
public sealed class FaultsTests
{
    private const string Order =
        """{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"items","type":{"type":"array","items":"int"},"default":[]}]}""";

    private static readonly StreamSettings Typed = Options.Plain with { Schema = Order };

    [Fact]
    public void An_event_that_does_not_fit_the_schema_is_named_by_index_and_pointer() => World.Play(async world =>
    {
        IReadOnlyList<EventFault> faults = await FaultsOfAsync(world, Typed, Json("""{"id":1}"""), Json("""{"id":2,"items":[1,"x"]}"""));

        EventFault fault = Assert.Single(faults);
        Assert.Equal((1, "/value/items/1"), (fault.Index, fault.Pointer));
    });

    [Fact]
    public void All_events_that_do_not_fit_are_named() => World.Play(async world =>
    {
        IReadOnlyList<EventFault> faults = await FaultsOfAsync(
            world, Typed, Json("""{"id":"x"}"""), Json("""{"id":2}"""), Json("""{}"""), Json("""{"id":4,"more":1}"""));

        Assert.Equal([0, 2, 3], faults.Select(f => f.Index));
    });

    [Fact]
    public void At_most_100_faults_are_named() => World.Play(async world =>
    {
        IReadOnlyList<EventFault> faults = await FaultsOfAsync(world, Typed, [.. Enumerable.Repeat(Json("{}"), 150)]);

        Assert.Equal(Enumerable.Range(0, 100), faults.Select(f => f.Index));
    });

    [Fact]
    public void A_missing_member_takes_its_default() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Typed);

        await instance.AppendAsync(stream, [Json("""{"id":1}""")]);

        Assert.Equal(["""{"id":1,"items":[]}"""], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_entity_stream_needs_a_key_on_every_event() => World.Play(async world =>
    {
        IReadOnlyList<EventFault> faults = await FaultsOfAsync(world, Options.Plain with { Kind = StreamKind.Entity }, new Posted("v", "k"), new Posted("v"));

        Assert.Equal((1, "/key"), (Assert.Single(faults).Index, faults[0].Pointer));
    });

    [Fact]
    public void A_null_on_an_event_stream_with_a_schema_that_takes_none_is_refused() => World.Play(async world =>
    {
        IReadOnlyList<EventFault> faults = await FaultsOfAsync(world, Typed, Json("null"));

        Assert.Equal("/value", Assert.Single(faults).Pointer);
    });

    [Fact]
    public void A_null_on_an_entity_stream_is_a_tombstone() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Typed with { Kind = StreamKind.Entity });

        await instance.AppendAsync(stream, [Json("null") with { Key = "k" }]);

        Delivered delivered = Assert.Single(await world.Start().ReadAllAsync(stream));
        Assert.Equal(("k", null), (delivered.Key, delivered.Value));
    });

    private static Posted Json(string json) => new(null) { Json = json };

    private static async Task<IReadOnlyList<EventFault>> FaultsOfAsync(World world, StreamSettings settings, params Posted[] events)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", settings);
        BlobContents contents = await world.CaptureContentsAsync();
        HeadwaterException refusal = await instance.AppendAsync(stream, events).IsRefusedAsync(ErrorCode.EventInvalid);
        await contents.AssertNothingChangedAsync(default);
        return refusal.FaultsNamed();
    }
}
