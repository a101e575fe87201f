using Headwater.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Headwater.Http.Requests;

/// <summary>Reads a request's Content-Type.</summary>
internal static class ContentType
{
    /// <summary>The media type in lower case without parameters; null if the header is absent. The only supported charset is UTF-8.</summary>
    /// <exception cref="HeadwaterException">UnsupportedMediaType: not a media type, or another charset.</exception>
    public static string? Of(HttpRequest request, IReadOnlyList<string> accepted)
    {
        if (string.IsNullOrEmpty(request.ContentType))
        {
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || type.MediaType.Value is not { } name)
        {
            throw Refusals.MediaType(request.ContentType, accepted);
        }

        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new HeadwaterException(ErrorCode.UnsupportedMediaType, $"Charset {type.Charset} is not supported; send UTF-8.")
            {
                Facts = new AcceptedCharsetFacts("utf-8"),
            };
        }

        return name.ToLowerInvariant();
    }
}
