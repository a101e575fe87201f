using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Requests;

/// <summary>The caller of a request, as named by the access policy.</summary>
internal static class Caller
{
    private static readonly object Key = new();

    /// <summary>The caller's name; empty if the policy names none.</summary>
    public static string Of(HttpContext context) => context.Items[Key] as string ?? "";

    public static void Set(HttpContext context, string name) => context.Items[Key] = name;
}
