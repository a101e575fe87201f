using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Headwater.Http.Requests;

/// <summary>A request's query, every parameter known and given once.</summary>
internal sealed class QueryParameters
{
    /// <summary>Where function keys may travel; the host has looked at it already.</summary>
    private const string FunctionKey = "code";

    private readonly IQueryCollection _query;

    /// <exception cref="HeadwaterException">InvalidParameter: one is unknown or there twice.</exception>
    public QueryParameters(HttpRequest request, params string[] known)
    {
        _query = request.Query;
        foreach ((string name, StringValues values) in _query)
        {
            if (name != FunctionKey && !known.Contains(name, StringComparer.Ordinal))
                throw Refusals.Parameter(name, known.Length == 0 ? "is unknown; there are no parameters here." : $"is unknown; there are {string.Join(", ", known)}.");
            if (values.Count > 1)
                throw Refusals.Parameter(name, "is there more than once.");
        }
    }

    /// <summary>Null if it is not there.</summary>
    public string? Text(string name) => _query.TryGetValue(name, out StringValues values) ? values.ToString() : null;

    /// <inheritdoc cref="Text"/>
    public long? Number(string name, long least, long most)
    {
        if (Text(name) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw Refusals.Parameter(name, $"is a whole number from {least} to {most}, not '{text}'.");
    }

    /// <summary>ISO 8601 or seconds.</summary>
    public TimeSpan? Duration(string name, TimeSpan most)
    {
        if (Text(name) is not { } text)
            return null;
        bool isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= most.TotalSeconds;
        TimeSpan duration = isNumber ? TimeSpan.FromSeconds(seconds) : default;
        if ((isNumber || Durations.TryParse(text, out duration)) && duration <= most)
            return duration;
        throw Refusals.Parameter(name, $"is seconds or an ISO 8601 duration, at most {Durations.Format(most)}, not '{text}'.");
    }
}
