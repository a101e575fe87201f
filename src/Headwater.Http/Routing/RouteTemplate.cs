using Microsoft.AspNetCore.Routing;

namespace Headwater.Http.Routing;

/// <summary>A path of literal segments and <c>{names}</c>. A name matches exactly one non-empty segment.</summary>
internal sealed class RouteTemplate
{
    private readonly string[] _segments;

    private RouteTemplate(string text)
    {
        Text = text;
        _segments = text.Split('/');
    }

    public string Text { get; }

    public IEnumerable<string> Names => _segments.Where(IsName).Select(NameOf);

    /// <param name="text">Without a leading slash.</param>
    public static RouteTemplate Parse(string text) => new(text.TrimStart('/'));

    /// <summary>Whether the path matches. Literals are compared ordinally.</summary>
    public bool Matches(string path) => Walk(path, null);

    /// <summary>Writes the values of the names into <paramref name="values"/>; false if the path does not match.</summary>
    public bool Bind(string path, RouteValueDictionary values) => Walk(path, values);

    private static bool IsName(string segment) => segment[0] == '{';

    private static string NameOf(string segment) => segment[1..^1];

    private bool Walk(string path, RouteValueDictionary? values)
    {
        ReadOnlySpan<char> rest = path.StartsWith('/') ? path.AsSpan(1) : path;
        int index = 0;
        foreach (Range range in rest.Split('/'))
        {
            ReadOnlySpan<char> segment = rest[range];
            if (index == _segments.Length || segment.IsEmpty)
            {
                return false;
            }

            string expected = _segments[index++];
            if (IsName(expected))
            {
                values?[NameOf(expected)] = segment.ToString();
            }
            else if (!segment.SequenceEqual(expected))
            {
                return false;
            }
        }

        return index == _segments.Length;
    }
}
