using System.Buffers;
using System.Text.Json;
using Headwater.Core.Memory;
using Headwater.Core.Schemas;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Unions in unions cost CPU and memory in proportion to the value, not to its levels.</summary>
public sealed class UnionCostTests
{
    private const int Leaves = 20_000;

    /// <summary>The two records differ only in the type of their last field, so that a value of the second is tried as the first to its end.</summary>
    private const string Nested =
        """
        {"type":"array","items":["null",
          {"type":"record","name":"T.A","fields":[{"name":"x","type":["null",{"type":"array","items":"long"},"T.A",
            {"type":"record","name":"T.B","fields":[
              {"name":"x","type":["null",{"type":"array","items":"long"},"T.A","T.B"]},
              {"name":"y","type":"string"}]}]},{"name":"y","type":"int"}]},"T.B"]}
        """;

    private static readonly ValueSchema Schema = ValueSchema.Parse(Nested);

    [Fact]
    public void A_value_thirty_levels_deep_is_tried_as_often_as_one_of_one_level()
    {
        (long shallow, _) = CostOf(() => Coding.Encode(Schema, Json(levels: 1)));
        (long deep, _) = CostOf(() => Coding.Encode(Schema, Json(levels: 30)));
        Assert.InRange(deep, shallow, (2 * shallow) + Leaves);
    }

    [Fact]
    public void A_stored_value_thirty_levels_deep_is_written_at_the_cost_of_one_level()
    {
        byte[] one = Coding.Encode(Schema, Json(levels: 1));
        byte[] thirty = Coding.Encode(Schema, Json(levels: 30));
        (long shallow, long shallowBytes) = CostOf(() => Coding.Decode(Schema, one));
        (long deep, long deepBytes) = CostOf(() => Coding.Decode(Schema, thirty));
        Assert.InRange(deep, shallow, (2 * shallow) + Leaves);
        Assert.InRange(deepBytes, 0, 3 * shallowBytes);
    }

    [Fact]
    public void What_a_value_remembers_is_charged_until_it_is_encoded()
    {
        var budget = new CountedBudget(long.MaxValue);
        using JsonDocument document = JsonDocument.Parse(ManyInOne());
        Assert.Null(Unions.TryWriteJson(document.RootElement, new ArrayBufferWriter<byte>(), budget));
        Assert.InRange(budget.Most, 10_000 * 16, 10_000_000);
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void Unions_one_after_the_other_take_the_memory_of_one()
    {
        var budget = new CountedBudget(long.MaxValue);
        using JsonDocument document = JsonDocument.Parse(ManyInOne()["""[{"items":""".Length..^2]);
        Assert.Null(Unions.TryWriteJson(document.RootElement, new ArrayBufferWriter<byte>(), budget));
        Assert.InRange(budget.Most, 1, 10_000);
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void A_value_beyond_the_budget_fails_and_returns_what_it_took()
    {
        var budget = new CountedBudget(100_000);
        using JsonDocument document = JsonDocument.Parse(ManyInOne());
        Assert.Throws<InvalidOperationException>(() => Unions.TryWriteJson(document.RootElement, new ArrayBufferWriter<byte>(), budget));
        Assert.Equal(0, budget.Taken);
    }

    private static readonly ValueSchema Unions = ValueSchema.Parse(
        """
        {"type":"array","items":[
          {"type":"record","name":"C","fields":[{"name":"items","type":{"type":"array","items":["C",
            {"type":"record","name":"D","fields":[{"name":"items","type":{"type":"array","items":["C","D"]}}]}]}}]},"D"]}
        """);

    /// <summary>A union that has 10,000 unions in it.</summary>
    private static string ManyInOne() => "[{\"items\":[" + string.Join(',', Enumerable.Repeat("{\"items\":[]}", 10_000)) + "]}]";

    private static string Json(int levels) =>
        "[" + string.Concat(Enumerable.Repeat("{\"x\":", levels)) + "[" + string.Join(',', Enumerable.Repeat(1000, Leaves)) + "]"
            + string.Concat(Enumerable.Repeat(",\"y\":\"b\"}", levels)) + "]";

    /// <summary>The bytes that trials wrote, and the bytes allocated.</summary>
    private static (long Tried, long Allocated) CostOf(Action work)
    {
        work();
        long tried = DiscardingBuffer.OfThisThread.Discarded;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        work();
        return (DiscardingBuffer.OfThisThread.Discarded - tried, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private sealed class CountedBudget(long limit) : IMemoryBudget
    {
        public long Taken { get; private set; }

        public long Most { get; private set; }

        public void Take(long bytes)
        {
            if (Taken + bytes > limit)
            {
                throw new InvalidOperationException("Exhausted.");
            }

            Taken += bytes;
            Most = Math.Max(Most, Taken);
        }

        public void GiveBack(long bytes) => Taken -= bytes;
    }
}
