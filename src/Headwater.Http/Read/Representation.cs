using Headwater.Contracts.Errors;
using Headwater.Contracts.Media;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Headwater.Http.Read;

/// <summary>The response formats of events.</summary>
internal enum Representation
{
    Json,
    NdJson,
    CloudEventBatch,
    Avro,
}

internal static class Representations
{
    /// <summary>The media types, most preferred first if the client has no preference.</summary>
    public static IReadOnlyList<string> Offered { get; } = [MediaTypes.Json, MediaTypes.NdJson, MediaTypes.CloudEventBatch, MediaTypes.Avro];

    public static string MediaType(this Representation form) => Offered[(int)form];

    /// <summary>The format that Accept rates highest; JSON without Accept.</summary>
    /// <exception cref="HeadwaterException">NotAcceptable with the offered media types.</exception>
    public static Representation Of(HttpRequest request) => Of(request, Offered);

    /// <summary>As <see cref="Of(HttpRequest)"/>, for a route that offers only the first forms.</summary>
    /// <exception cref="HeadwaterException">NotAcceptable with the offered media types.</exception>
    public static Representation Of(HttpRequest request, IReadOnlyList<string> offered)
    {
        if (request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? accepted))
        {
            return Representation.Json;
        }

        int best = 0;
        double quality = 0;
        for (int i = 0; i < offered.Count; i++)
        {
            double rated = Quality(accepted, offered[i]);
            if (rated > quality)
            {
                (best, quality) = (i, rated);
            }
        }

        return quality > 0
            ? (Representation)best
            : throw new HeadwaterException(ErrorCode.NotAcceptable, $"No format in Accept is supported; accept one of {string.Join(", ", offered)}.")
            {
                Facts = new OfferedFacts(offered),
            };
    }

    // RFC 9110, 12.5.1: the most specific range that matches decides.
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string offered)
    {
        var type = new MediaTypeHeaderValue(offered);
        MediaTypeHeaderValue? range = accepted
            .Where(a => type.IsSubsetOf(a) || IsBare(a, offered))
            .OrderBy(a => a.MatchesAllTypes ? 2 : a.MatchesAllSubTypes ? 1 : 0)
            .FirstOrDefault();
        return range is null ? 0 : range.Quality ?? 1;
    }

    // Parameters such as charset=utf-8 do not change these media types.
    private static bool IsBare(MediaTypeHeaderValue accepted, string offered) => accepted.MediaType.Equals(offered, StringComparison.OrdinalIgnoreCase);
}
