using Headwater.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Headwater.Http.Requests;

/// <summary>If-Match and If-None-Match of a write (RFC 9110, 13.1). A write whose condition does not hold is not performed.</summary>
internal sealed class Preconditions
{
    private readonly IList<EntityTagHeaderValue> _match;
    private readonly IList<EntityTagHeaderValue> _noneMatch;

    private Preconditions(IList<EntityTagHeaderValue> match, IList<EntityTagHeaderValue> noneMatch)
    {
        _match = match;
        _noneMatch = noneMatch;
    }

    public bool IsEmpty => _match.Count == 0 && _noneMatch.Count == 0;

    /// <exception cref="HeadwaterException">InvalidParameter: a header is neither * nor a list of tags.</exception>
    public static Preconditions Of(HttpRequest request) =>
        new(Read(request.Headers.IfMatch, HeaderNames.IfMatch), Read(request.Headers.IfNoneMatch, HeaderNames.IfNoneMatch));

    /// <summary>For what has no strong tag: no tag can match, so that <c>If-Match: *</c> is the only condition that can hold.</summary>
    /// <exception cref="HeadwaterException">PreconditionFailed, InvalidParameter.</exception>
    public static void RefuseTags(HttpRequest request)
    {
        Preconditions given = Of(request);
        if (given._noneMatch.Count > 0 || given._match.Any(m => !IsAny(m)))
        {
            throw Failed(
                "This route takes no condition on a tag, because what it changes has no strong ETag. Send the request without If-Match and If-None-Match.");
        }
    }

    /// <param name="current">The tag of what is there; null if nothing is.</param>
    /// <exception cref="HeadwaterException">PreconditionFailed.</exception>
    public void Require(ContentTag? current)
    {
        if (_match.Count > 0 && !_match.Any(m => current is { } tag && (IsAny(m) || (tag.IsStrong && !m.IsWeak && tag.IsNamedBy(m)))))
        {
            throw Failed(current is { } there
                ? $"If-Match does not name the current tag, which is {there.In(null)}. Read it again, and repeat the change if it still applies."
                : "If-Match requires something that is there, and there is nothing.");
        }

        if (current is { } known && _noneMatch.Any(m => IsAny(m) || known.IsNamedBy(m)))
        {
            throw Failed($"If-None-Match excludes what is there, whose tag is {known.In(null)}.");
        }
    }

    /// <summary>
    /// Whether If-None-Match of a read names the tag, so that the reader has the answer already. A header that is not a list of tags names none.
    /// </summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out IList<EntityTagHeaderValue>? known)
        && EntityTagHeaderValue.TryParse(tag, out EntityTagHeaderValue? current)
        && known.Any(k => IsAny(k) || k.Compare(current, useStrongComparison: false));

    private static bool IsAny(EntityTagHeaderValue tag) => tag.Equals(EntityTagHeaderValue.Any);

    private static IList<EntityTagHeaderValue> Read(StringValues header, string name)
    {
        if (header.Count == 0)
        {
            return [];
        }

        return EntityTagHeaderValue.TryParseStrictList(header, out IList<EntityTagHeaderValue>? tags) && tags.Count > 0
            ? tags
            : throw Refusals.Parameter(name, $"must be * or a list of tags in double quotes, not '{header}'.");
    }

    private static HeadwaterException Failed(string detail) => new(ErrorCode.PreconditionFailed, $"{detail} Nothing was changed.");
}
