using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Headwater.Http.Answers;

/// <summary>How an answer is compressed.</summary>
internal enum ResponseEncoding
{
    Identity,
    Gzip,
    Brotli,
}

internal static class ResponseEncodings
{
    /// <summary>The client's first choice of what is spoken here; Brotli where it has no preference.</summary>
    public static ResponseEncoding Of(HttpRequest request)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out IList<StringWithQualityHeaderValue>? accepted))
        {
            return ResponseEncoding.Identity;
        }

        double brotli = Quality(accepted, "br");
        double gzip = Quality(accepted, "gzip");
        if (brotli > 0 && brotli >= gzip)
        {
            return ResponseEncoding.Brotli;
        }

        return gzip > 0 ? ResponseEncoding.Gzip : ResponseEncoding.Identity;
    }

    public static string Name(this ResponseEncoding encoding) => encoding switch
    {
        ResponseEncoding.Identity => "identity",
        ResponseEncoding.Gzip => "gzip",
        ResponseEncoding.Brotli => "br",
    };

    /// <summary>A stream that compresses into <paramref name="target"/> and leaves it open.</summary>
    public static Stream Wrap(this ResponseEncoding encoding, Stream target) => encoding switch
    {
        ResponseEncoding.Identity => target,
        ResponseEncoding.Gzip => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
        ResponseEncoding.Brotli => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
    };

    private static double Quality(IList<StringWithQualityHeaderValue> accepted, string name)
    {
        StringWithQualityHeaderValue? found =
            accepted.FirstOrDefault(v => v.Value.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(v => v.Value == "*");
        return found is null ? 0 : found.Quality ?? 1;
    }
}
