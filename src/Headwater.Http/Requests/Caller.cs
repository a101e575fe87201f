using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Requests;

/// <summary>Who sends a request, as the access policy said.</summary>
internal static class Caller
{
    private static readonly object Key = new();

    /// <summary>Empty while callers have no names.</summary>
    public static string Of(HttpContext context) => context.Items[Key] as string ?? "";

    public static void Set(HttpContext context, string name) => context.Items[Key] = name;
}
