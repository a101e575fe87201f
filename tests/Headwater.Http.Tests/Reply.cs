using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Tests;

/// <summary>What the API answered, whole.</summary>
internal sealed record Reply(int Status, IHeaderDictionary Headers, byte[] Raw)
{
    /// <summary>Decompressed.</summary>
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

    /// <summary>The pointers of the faults, each after its event's index if it has one: <c>3 /value/x</c>.</summary>
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
