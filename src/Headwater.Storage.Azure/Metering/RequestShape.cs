using Azure.Core;

namespace Headwater.Storage.Azure.Metering;

/// <summary>The parts of a storage request that determine its kind: method, <c>comp</c>, <c>restype</c> and the path.</summary>
internal readonly ref struct RequestShape(Request request)
{
    private readonly ReadOnlySpan<char> _query = request.Uri.Query;
    private readonly ReadOnlySpan<char> _path = request.Uri.Path;

    public string Method { get; } = request.Method.Method;

    public ReadOnlySpan<char> Comp => Parameter("comp=");

    public ReadOnlySpan<char> RestType => Parameter("restype=");

    public ReadOnlySpan<char> Path => _path.TrimEnd('/');

    public bool Has(string parameter) => !Parameter(parameter).IsEmpty;

    private ReadOnlySpan<char> Parameter(string name)
    {
        ReadOnlySpan<char> query = _query.TrimStart('?');
        foreach (Range part in query.Split('&'))
        {
            if (query[part].StartsWith(name, StringComparison.Ordinal))
            {
                return query[part][name.Length..];
            }
        }

        return default;
    }
}
