using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Headwater.Http.Requests;

/// <summary>The query of a request. Every parameter is known and occurs once.</summary>
internal sealed class QueryParameters
{
    /// <summary>The parameter for function keys, which the Functions host has already checked.</summary>
    private const string FunctionKey = "code";

    private const int MaxAfter = 256;

    private readonly IQueryCollection _query;

    /// <exception cref="HeadwaterException">InvalidParameter: a parameter is unknown or occurs more than once.</exception>
    public QueryParameters(HttpRequest request, params string[] known)
    {
        _query = request.Query;
        foreach ((string name, StringValues values) in _query)
        {
            if (name != FunctionKey && !known.Contains(name, StringComparer.Ordinal))
            {
                throw Refusals.Parameter(name, known.Length == 0 ? "is unknown; this route has no parameters."
                    : $"is unknown; valid parameters are {string.Join(", ", known)}.");
            }

            if (values.Count > 1)
            {
                throw Refusals.Parameter(name, "occurs more than once; send it once.");
            }
        }
    }

    /// <summary>Null if the parameter is absent.</summary>
    public string? Text(string name) => _query.TryGetValue(name, out StringValues values) ? values.ToString() : null;

    /// <summary>Where a page of a list begins: <c>next</c> of the page before.</summary>
    public string? After()
    {
        string? after = Text("after");
        return after is null || (after.Length <= MaxAfter && !after.Any(char.IsControl))
            ? after
            : throw Refusals.Parameter("after", $"must be next of an earlier page, which has at most {MaxAfter} characters and no control characters.");
    }

    /// <inheritdoc cref="Text"/>
    public long? Number(string name, long least, long most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw Refusals.Parameter(name, $"must be a whole number from {least} to {most}, not '{text}'.");
    }

    /// <summary>False if the parameter is absent.</summary>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        string other => throw Refusals.Parameter(name, $"must be true or false, not '{other}'."),
    };

    /// <summary>A duration in seconds or ISO 8601; null if the parameter is absent.</summary>
    public TimeSpan? Duration(string name, TimeSpan most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // Not a double: double.TryParse takes -Infinity and NaN whatever the number style.
        bool isNumber = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds <= most.Ticks / (decimal)TimeSpan.TicksPerSecond;
        TimeSpan duration = isNumber ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) : default;
        if ((isNumber || Durations.TryParse(text, out duration)) && duration <= most)
        {
            return duration;
        }

        throw Refusals.Parameter(name, $"must be a number of seconds or an ISO 8601 duration of at most {Durations.Format(most)}, not '{text}'.");
    }
}
