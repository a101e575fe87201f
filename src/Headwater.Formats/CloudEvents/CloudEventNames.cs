using Headwater.Contracts.Media;
using System.Net.Http.Headers;

namespace Headwater.Formats.CloudEvents;

/// <summary>Names of CloudEvents attributes, and of the headers that carry them through the log.</summary>
public static class CloudEventNames
{
    public const string SpecVersion = "specversion";
    public const string Id = "id";
    public const string Source = "source";
    public const string Type = "type";
    public const string Subject = "subject";
    public const string Time = "time";
    public const string PartitionKey = "partitionkey";
    public const string DataContentType = "datacontenttype";
    public const string Data = "data";

    /// <summary>Extension attribute: the stream an event on queue <c>inbox</c> is for.</summary>
    public const string Stream = "stream";

    public const string DataBase64 = "data_base64";

    /// <summary>Before an attribute's name in an event's headers.</summary>
    public const string HeaderPrefix = "ce_";

    /// <summary>Before an attribute's name in an HTTP request of binary mode.</summary>
    public const string HttpPrefix = "ce-";

    public static string HeaderOf(string attribute) => attribute switch
    {
        SpecVersion => "ce_specversion",
        Id => "ce_id",
        Source => "ce_source",
        Type => "ce_type",
        Subject => "ce_subject",
        DataContentType => "ce_datacontenttype",
        _ => HeaderPrefix + attribute,
    };

    /// <summary>Whether data of this media type is JSON.</summary>
    public static bool IsJson(string mediaType)
    {
        if (!MediaTypeHeaderValue.TryParse(mediaType, out MediaTypeHeaderValue? type) || type.MediaType is not { } name)
        {
            return false;
        }

        return name.Equals(MediaTypes.Json, StringComparison.OrdinalIgnoreCase)
            || name.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
