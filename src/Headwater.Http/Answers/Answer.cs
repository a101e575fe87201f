using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Answers;

/// <summary>Writes responses that fit in memory, with their length. A response of at least 1 KiB is compressed if the client accepts it.</summary>
internal static class Answer
{
    /// <summary>Smaller responses are not compressed.</summary>
    public const int CompressFrom = 1024;

    public static Task JsonAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type) =>
        BytesAsync(context, status, MediaTypes.Json, Render(json => JsonSerializer.Serialize(json, answer, type)));

    public static Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write, string mediaType) =>
        BytesAsync(context, status, mediaType, Render(write));

    /// <summary>Writes JSON with an ETag of the content, or 304 if the client has the same content.</summary>
    public static Task TaggedJsonAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        ReadOnlyMemory<byte> body = Render(json => JsonSerializer.Serialize(json, answer, type));
        string tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 8))}\"";
        if (IsKnown(context, tag))
        {
            return Empty(context, StatusCodes.Status304NotModified);
        }

        return BytesAsync(context, status, MediaTypes.Json, body);
    }

    /// <summary>Sets the response's ETag and returns whether If-None-Match contains it.</summary>
    public static bool IsKnown(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        return IsRead(context.Request) && context.Request.Headers.IfNoneMatch.Any(known => known is not null && known.Split(',').Any(k => k.Trim() == tag));
    }

    public static async Task BytesAsync(HttpContext context, int status, string mediaType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = mediaType;
        response.Headers.Vary = "Accept, Accept-Encoding";
        ResponseEncoding encoding = body.Length < CompressFrom ? ResponseEncoding.Identity : ResponseEncodings.Of(context.Request);
        if (encoding == ResponseEncoding.Identity)
        {
            response.ContentLength = body.Length;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var target = ResponseBody.Begin(context, encoding);
        await target.Writer.WriteAsync(body, context.RequestAborted);
        await target.CompleteAsync();
    }

    public static Task Empty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static ReadOnlyMemory<byte> Render(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            write(json);
        }

        return buffer.WrittenMemory;
    }
}
