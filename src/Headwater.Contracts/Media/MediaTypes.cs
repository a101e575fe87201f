namespace Headwater.Contracts.Media;

/// <summary>Every media type spoken, in and out.</summary>
public static class MediaTypes
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string Problem = "application/problem+json";
    public const string NdJson = "application/x-ndjson";
    public const string CloudEvent = "application/cloudevents+json";
    public const string CloudEventBatch = "application/cloudevents-batch+json";
    public const string Avro = "application/avro";
    public const string AvroBinary = "avro/binary";
}
