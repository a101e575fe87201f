using Azure;

namespace Headwater.Storage.Azure.Calling;

/// <summary>ETags as text without quotes. The service quotes a strong ETag in headers but not in listings.</summary>
internal static class ETagText
{
    public static string Of(ETag etag)
    {
        string text = etag.ToString();
        return text is ['"', .. var bare, '"'] ? bare : text;
    }
}
