using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>The canonical form omits logical types, but the same bytes mean another time or amount under another logical type.</summary>
public sealed class WriterSchemaTests
{
    private static readonly string[] LogicalTypes =
    [
        """{"type":"long","logicalType":"timestamp-millis"}""",
        """{"type":"long","logicalType":"timestamp-micros"}""",
        """{"type":"long","logicalType":"timestamp-nanos"}""",
        """{"type":"long","logicalType":"local-timestamp-millis"}""",
        """{"type":"long","logicalType":"local-timestamp-micros"}""",
        """{"type":"long","logicalType":"local-timestamp-nanos"}""",
        """{"type":"long","logicalType":"time-micros"}""",
        """{"type":"int","logicalType":"time-millis"}""",
        """{"type":"int","logicalType":"date"}""",
        """{"type":"string","logicalType":"uuid"}""",
        """{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""",
        """{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}""",
        """{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}""",
        """{"type":"long"}""",
        """{"type":"int"}""",
        """{"type":"string"}""",
        """{"type":"bytes"}""",
    ];

    private static readonly string[] Places =
    [
        "TYPE",
        """{"type":"record","name":"R","fields":[{"name":"a","type":TYPE}]}""",
        """{"type":"array","items":TYPE}""",
        """{"type":"map","values":TYPE}""",
        """["null",TYPE]""",
        """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"In","fields":[{"name":"b","type":["null","""
            + """{"type":"array","items":TYPE}]}]}}]}""",
    ];

    public static TheoryData<string> AllPlaces => [.. Places];

    [Theory]
    [MemberData(nameof(AllPlaces))]
    public void A_writer_with_another_logical_type_differs(string place) =>
        Assert.All(
            from own in LogicalTypes
            from writer in LogicalTypes
            where own != writer && writer.Contains("logicalType", StringComparison.Ordinal)
            select (own, writer),
            pair =>
                Assert.True(
                    !Schema(place, pair.own).SameAs(Text(place, pair.writer), out string? difference) || difference is not null,
                    $"{pair} are taken to be the same"));

    [Theory]
    [MemberData(nameof(AllPlaces))]
    public void A_writer_with_the_same_logical_type_does_not_differ(string place) =>
        Assert.All(LogicalTypes, type => Assert.True(Schema(place, type).SameAs(Text(place, type), out string? difference) && difference is null, type));

    [Fact]
    public void A_writer_that_states_no_logical_type_means_the_streams()
    {
        bool same = ValueSchema.Parse(LogicalTypes[0]).SameAs("\"long\"", out string? difference);

        Assert.Equal((true, null), (same, difference));
    }

    [Fact]
    public void The_difference_names_the_place_and_both_types()
    {
        Schema(Places[1], LogicalTypes[1]).SameAs(Text(Places[1], LogicalTypes[0]), out string? difference);

        Assert.Equal("/a is timestamp-millis in the file and timestamp-micros in the stream", difference);
    }

    private static ValueSchema Schema(string place, string type) => ValueSchema.Parse(Text(place, type));

    private static string Text(string place, string type) => place.Replace("TYPE", type, StringComparison.Ordinal);
}
