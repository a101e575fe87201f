using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace Headwater.Testing;

/// <summary>A response that a test makes up.</summary>
public sealed class CannedResponse : Response
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    public CannedResponse(int status, string body = "")
    {
        Status = status;
        ContentStream = new MemoryStream(Encoding.UTF8.GetBytes(body));
    }

    /// <summary>An error as the service returns it: the code in a header and in an XML body.</summary>
    public static CannedResponse Error(int status, string? code) => code is null
        ? new CannedResponse(status)
        : new CannedResponse(status, $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>Canned.</Message></Error>")
            .With("x-ms-error-code", code).With("Content-Type", "application/xml");

    public override int Status { get; }

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public CannedResponse With(string header, string value)
    {
        _headers[header] = value;
        return this;
    }

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => _headers.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => _headers.Select(header => new HttpHeader(header.Key, header.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => _headers.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = _headers.TryGetValue(name, out string? value) ? [value] : null;
        return values is not null;
    }
}
