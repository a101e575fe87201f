using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Requests;
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
    /// <param name="context">The request.</param>
    /// <param name="status">The status if the client does not have the content.</param>
    /// <param name="answer">The content.</param>
    /// <param name="type">Its JSON.</param>
    /// <param name="isStrong">Whether a write may name the tag in If-Match.</param>
    public static Task TaggedJsonAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type, bool isStrong)
    {
        ReadOnlyMemory<byte> body = Render(json => JsonSerializer.Serialize(json, answer, type));
        ResponseEncoding encoding = EncodingOf(context.Request, body);
        string tag = ContentTag.Of(body.Span, isStrong).In(encoding == ResponseEncoding.Identity ? null : encoding.Name());
        return IsKnown(context, tag) ? Empty(context, StatusCodes.Status304NotModified) : BytesAsync(context, status, MediaTypes.Json, body);
    }

    /// <summary>
    /// As <see cref="TaggedJsonAsync"/>, for content of which a part may change at any time. The ETag differs with that part, and If-Match takes it for the rest.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">The whole content.</param>
    /// <param name="type">Its JSON.</param>
    /// <param name="rest">The tag of the content without that part.</param>
    public static Task PartlyTaggedJsonAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, ContentTag rest)
    {
        ReadOnlyMemory<byte> body = Render(json => JsonSerializer.Serialize(json, answer, type));
        ResponseEncoding encoding = EncodingOf(context.Request, body);
        string whole = ContentTag.Of(body.Span, rest.IsStrong).Hash;
        string tag = rest.In(encoding == ResponseEncoding.Identity ? whole : $"{whole}-{encoding.Name()}");
        return IsKnown(context, tag) ? Empty(context, StatusCodes.Status304NotModified) : BytesAsync(context, StatusCodes.Status200OK, MediaTypes.Json, body);
    }

    /// <summary>The tag that <see cref="TaggedJsonAsync"/> gives an answer.</summary>
    public static ContentTag TagOf<T>(T answer, JsonTypeInfo<T> type, bool isStrong) =>
        ContentTag.Of(Render(json => JsonSerializer.Serialize(json, answer, type)).Span, isStrong);

    /// <summary>Sets the response's ETag and returns whether If-None-Match names it.</summary>
    public static bool IsKnown(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        return IsRead(context.Request) && Preconditions.IsKnown(context.Request, tag);
    }

    public static async Task BytesAsync(HttpContext context, int status, string mediaType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = mediaType;
        response.Headers.Vary = "Accept, Accept-Encoding";
        ResponseEncoding encoding = EncodingOf(context.Request, body);
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
        await target.CompleteAsync(context.RequestAborted);
    }

    public static Task Empty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static ResponseEncoding EncodingOf(HttpRequest request, ReadOnlyMemory<byte> body) =>
        body.Length < CompressFrom ? ResponseEncoding.Identity : ResponseEncodings.Of(request);

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
