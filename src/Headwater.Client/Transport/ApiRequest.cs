using System.Globalization;
using System.Net.Http.Headers;
using Headwater.Contracts.Media;

namespace Headwater.Client;

/// <summary>One request, which can be sent any number of times.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, without a leading slash.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    private readonly List<(string Name, string Value)> _headers = [];

    public string Accept { get; init; } = MediaTypes.Json;

    public string ContentType { get; init; } = MediaTypes.Json;

    /// <summary>Null: the request has no body.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Whether the request can store events, so that a lost answer leaves it open whether it did.</summary>
    public bool Appends { get; init; }

    /// <summary>
    /// The most bytes of the answer, decompressed. A page of events is 32 MiB of stored events at most, whose JSON has up to six bytes for one; other answers
    /// have a few hundred bytes per partition or segment.
    /// </summary>
    public int MostBytes => Accept == MediaTypes.NdJson ? 256 << 20 : 16 << 20;

    /// <summary>How long the request asks the service to wait for events.</summary>
    public TimeSpan Wait { get; init; }

    public ApiRequest With(string header, string? value)
    {
        if (value is not null)
        {
            _headers.Add((header, value));
        }

        return this;
    }

    public ApiRequest With(string header, long value) => With(header, value.ToString(CultureInfo.InvariantCulture));

    public HttpRequestMessage ToMessage(Uri address)
    {
        var message = new HttpRequestMessage(Method, new Uri(address, Path));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Accept));
        foreach ((string name, string value) in _headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }
}

/// <summary>A 2xx or 304 answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">The whole body, decompressed.</param>
internal sealed record ApiAnswer(int Status, HttpResponseHeaders Headers, byte[] Body)
{
    /// <summary>Null if the answer has no such header.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
}
