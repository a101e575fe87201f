using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Requests;

/// <summary>
/// Whether a request has handed its events on. Until then nothing of it can be stored, so that an unforeseen error says <c>"appended":"no"</c>.
/// </summary>
internal static class AppendProgress
{
    private static readonly object Begun = new();

    public static void Begin(HttpContext context) => context.Items[Begun] = true;

    public static bool HasBegun(HttpContext context) => context.Items.ContainsKey(Begun);
}
