using System.Net;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Media;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Headwater.LocalHost.Serving;

/// <summary>
/// Keeps web pages out. Every process of the machine may use the local host, but a browser also sends requests for pages of other sites: with a
/// foreign <c>Origin</c>, or, after DNS rebinding, under a name that is not loopback. A simple request, which a browser sends without asking the
/// server first, cannot carry a JSON type; a body without a type can be one, so it is refused too.
/// </summary>
internal static class LocalCallers
{
    private const string FetchSite = "Sec-Fetch-Site";

    private static readonly string[] BodyTypes =
        [MediaTypes.Json, MediaTypes.NdJson, MediaTypes.CloudEvent, MediaTypes.CloudEventBatch, MediaTypes.Avro];

    /// <exception cref="HeadwaterException">
    /// <see cref="ErrorCode.Forbidden"/>: the request is for another host or comes from another site's page;
    /// <see cref="ErrorCode.UnsupportedMediaType"/>: it has a body without a <c>Content-Type</c>.
    /// </exception>
    public static void Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        int port = context.Connection.LocalPort;
        if (!IsOurs(request.Host, port))
        {
            throw Forbidden($"Host is {Quoted(request.Headers.Host)}, which is not a loopback name or address with port {port}; use http://localhost:{port}.");
        }

        StringValues origin = request.Headers.Origin;
        if (origin.Count > 0 && !IsOurs(origin, port))
        {
            throw Forbidden($"Origin is {Quoted(origin)}; only pages of this host itself may call it from a browser.");
        }

        StringValues site = request.Headers[FetchSite];
        if (site.Count > 0 && site.ToString() is not ("same-origin" or "none"))
        {
            throw Forbidden($"{FetchSite} is {Quoted(site)}; only pages of this host itself may call it from a browser.");
        }

        if (string.IsNullOrEmpty(request.ContentType) && HasBody(context))
        {
            throw Refusals.MediaType(null, BodyTypes);
        }
    }

    private static bool IsOurs(StringValues origin, int port) =>
        origin.Count == 1
        && Uri.TryCreate(origin[0], UriKind.Absolute, out Uri? page)
        && page.Scheme == Uri.UriSchemeHttp
        && page.Port == port
        && IsLoopback(page.DnsSafeHost);

    private static bool IsOurs(HostString host, int port) => (host.Port ?? 80) == port && IsLoopback(host.Host.Trim('[', ']'));

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool HasBody(HttpContext context) =>
        context.Request.ContentLength is not 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static string Quoted(StringValues header) => header.Count == 0 ? "absent" : $"'{header}'";

    private static HeadwaterException Forbidden(string detail) => new(ErrorCode.Forbidden, detail);
}
