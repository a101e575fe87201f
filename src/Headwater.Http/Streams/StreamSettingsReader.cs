using Headwater.Core.Segments;
using Headwater.Http.Bodies;
using Headwater.Log.Model;

namespace Headwater.Http.Streams;

/// <summary>Reads the settings of a stream from JSON.</summary>
internal static class StreamSettingsReader
{
    private const int MaxOwner = 256;
    private const int MaxDoc = 16 * 1024;
    private const int MaxTags = 64;
    private const int MaxTag = 128;
    private const string Settled = "cannot change after the stream was created; create another stream, or delete this one first.";

    public static StreamSettings Settings(SettingsMembers members) => new()
    {
        Kind = members.Choice("kind", ("event", StreamKind.Event), ("entity", StreamKind.Entity)) ?? StreamKind.Event,
        Partitions = (int)(members.Number("partitions", 1, StreamSettings.MaxPartitions) ?? 1),
        Schema = members.Raw("schema"),
        Codec = members.Choice(
            "codec",
            (BlockCodecNames.Deflate, BlockCodec.Deflate),
            (BlockCodecNames.Null, BlockCodec.Null),
            (BlockCodecNames.Zstandard, BlockCodec.Zstandard)) ?? BlockCodec.Deflate,
        Retention = members.Members("retention", ReadRetention),
        Compaction = members.Members("compaction", ReadCompaction),
        Owner = members.Text("owner", MaxOwner),
        Doc = members.Text("doc", MaxDoc),
        Tags = members.Texts("tags", MaxTags, MaxTag) ?? [],
        Inbox = members.Flag("inbox") ?? false,
    };

    public static StreamChange Change(SettingsMembers members)
    {
        foreach (string settled in (string[])["kind", "partitions", "codec", "schema"])
        {
            members.Refuse(settled, Settled);
        }

        return new StreamChange
        {
            Retention = Named(members, "retention", members.Members("retention", ReadRetention)),
            Compaction = Named(members, "compaction", members.Members("compaction", ReadCompaction)),
            Owner = Named(members, "owner", members.Text("owner", MaxOwner)),
            Doc = Named(members, "doc", members.Text("doc", MaxDoc)),
            Tags = Named(members, "tags", members.Texts("tags", MaxTags, MaxTag) ?? []),
            Inbox = Named(members, "inbox", members.Flag("inbox") ?? false),
        };
    }

    private static Optional<T> Named<T>(SettingsMembers members, string name, T value) => new(members.Has(name), value);

    private static RetentionSettings ReadRetention(SettingsMembers members) =>
        new(Duration(members, "time"), members.Number("bytes", RetentionSettings.MinBytes, long.MaxValue));

    private static CompactionSettings ReadCompaction(SettingsMembers members) =>
        new(members.Duration("minLag", Limits.SettingDurationMax, mayBeZero: true), Duration(members, "tombstoneRetention"));

    private static TimeSpan? Duration(SettingsMembers members, string name) => members.Duration(name, Limits.SettingDurationMax);
}
