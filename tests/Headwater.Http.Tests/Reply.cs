using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Tests;

/// <summary>A complete answer of the API.</summary>
internal sealed record Reply(int Status, IHeaderDictionary Headers, byte[] Raw)
{
    /// <summary>The decompressed body.</summary>
    public byte[] Body => Headers.ContentEncoding.ToString() switch
    {
        "" => Raw,
        "gzip" => Inflate(new GZipStream(new MemoryStream(Raw), CompressionMode.Decompress)),
        "br" => Inflate(new BrotliStream(new MemoryStream(Raw), CompressionMode.Decompress)),
        string other => throw new InvalidOperationException($"Content-Encoding {other}"),
    };

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Code => (string)Json["code"]!;

    public string Header(string name) => Headers[name].ToString();

    /// <summary>The pointer of each fault, with its event's index in front if it has one: <c>3 /value/x</c>.</summary>
    public string[] Faults => [.. Json["errors"]!.AsArray().Select(e => $"{e!["index"]} {e["pointer"]}".Trim())];

    public static async Task<Reply> OfAsync(HttpContext context)
    {
        await context.Response.CompleteAsync();
        return new Reply(context.Response.StatusCode, context.Response.Headers, ((MemoryStream)context.Response.Body).ToArray());
    }

    private static byte[] Inflate(Stream stream)
    {
        using var plain = new MemoryStream();
        using (stream)
        {
            stream.CopyTo(plain);
        }

        return plain.ToArray();
    }
}
