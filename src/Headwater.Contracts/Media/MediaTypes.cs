namespace Headwater.Contracts.Media;

/// <summary>The media types of requests and answers.</summary>
public static class MediaTypes
{
    /// <summary>Settings bodies, appends and answers. An append without a <c>Content-Type</c> is JSON.</summary>
    public const string Json = "application/json";

    /// <summary>RFC 7396; a PATCH of a stream accepts this beside <see cref="Json"/>, with the same meaning.</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>Every error answer (RFC 9457).</summary>
    public const string Problem = "application/problem+json";

    /// <summary>Appends and reads: one event per line.</summary>
    public const string NdJson = "application/x-ndjson";

    /// <summary>Appends: one CloudEvent in JSON format.</summary>
    public const string CloudEvent = "application/cloudevents+json";

    /// <summary>Appends and reads: an array of CloudEvents in JSON format.</summary>
    public const string CloudEventBatch = "application/cloudevents-batch+json";

    /// <summary>Appends and reads: an Avro object container file.</summary>
    public const string Avro = "application/avro";

    /// <summary>Appends: an alias of <see cref="Avro"/> that some clients send.</summary>
    public const string AvroBinary = "avro/binary";
}
