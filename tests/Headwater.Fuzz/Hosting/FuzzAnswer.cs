using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Headwater.Fuzz.Cases;
using Microsoft.AspNetCore.Http;

namespace Headwater.Fuzz.Hosting;

/// <summary>A complete answer, or what became of the request without one.</summary>
internal sealed record FuzzAnswer(FuzzStep Step, int Status, IHeaderDictionary Headers, byte[] Raw)
{
    private byte[]? _body;

    /// <summary>Whether the connection was aborted in the middle of the answer.</summary>
    public bool IsCut { get; init; }

    /// <summary>The exception that the pipeline let through.</summary>
    public string? Thrown { get; init; }

    /// <summary>The defect that was logged.</summary>
    public string? Defect { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    public string MediaType => Headers.ContentType.ToString().Split(';')[0];

    /// <summary>The decompressed body.</summary>
    public byte[] Body => _body ??= Headers.ContentEncoding.ToString() switch
    {
        "gzip" => Inflate(new GZipStream(new MemoryStream(Raw), CompressionMode.Decompress)),
        "br" => Inflate(new BrotliStream(new MemoryStream(Raw), CompressionMode.Decompress)),
        _ => Raw,
    };

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Counts answers: the method and media type of the request, and the status with the code.</summary>
    public string Kind
    {
        get
        {
            string sent = Step.Headers.FirstOrDefault(h => h.Name == "Content-Type")?.Value.Split(';')[0] ?? "";
            bool isCloudEvent = Step.Headers.Any(h => h.Name.StartsWith("ce-", StringComparison.Ordinal));
            string code = MediaType == "application/problem+json" && Body.Length > 0 ? Json().GetProperty("code").GetString()! : "";
            return $"{Step.Method} {(isCloudEvent ? "ce-*" : sent.Length > 40 ? "" : sent)} -> {Status} {code}";
        }
    }

    public string Header(string name) => Headers[name].ToString();

    /// <summary>The body as JSON. Strict UTF-8 and no depth limit that a valid answer could exceed.</summary>
    public JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Body, new JsonDocumentOptions { MaxDepth = 1_000 });
        return document.RootElement.Clone();
    }

    public override string ToString() => $"{Step} -> {Status} {(Text.Length > 600 ? Text[..600] + "…" : Text)}";

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
