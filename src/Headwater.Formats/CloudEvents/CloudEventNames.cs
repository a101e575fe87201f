using System.Net.Http.Headers;
using Headwater.Contracts.Media;

namespace Headwater.Formats.CloudEvents;

/// <summary>Names of CloudEvents attributes, and of the headers that carry them through the log.</summary>
public static class CloudEventNames
{
    /// <summary>Attribute <c>specversion</c>.</summary>
    public const string SpecVersion = "specversion";
    /// <summary>Attribute <c>id</c>.</summary>
    public const string Id = "id";
    /// <summary>Attribute <c>source</c>.</summary>
    public const string Source = "source";
    /// <summary>Attribute <c>type</c>.</summary>
    public const string Type = "type";
    /// <summary>Attribute <c>subject</c>.</summary>
    public const string Subject = "subject";
    /// <summary>Attribute <c>time</c>.</summary>
    public const string Time = "time";
    /// <summary>Extension attribute <c>partitionkey</c>.</summary>
    public const string PartitionKey = "partitionkey";
    /// <summary>Attribute <c>datacontenttype</c>.</summary>
    public const string DataContentType = "datacontenttype";
    /// <summary>Member with the data.</summary>
    public const string Data = "data";

    /// <summary>Extension attribute: the stream an event on queue <c>inbox</c> is for.</summary>
    public const string Stream = "stream";

    /// <summary>Member with base64 data.</summary>
    public const string DataBase64 = "data_base64";

    /// <summary>Before an attribute's name in an event's headers.</summary>
    public const string HeaderPrefix = "ce_";

    /// <summary>Before an attribute's name in an HTTP request of binary mode.</summary>
    public const string HttpPrefix = "ce-";

    /// <summary>The event header that carries an attribute.</summary>
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
