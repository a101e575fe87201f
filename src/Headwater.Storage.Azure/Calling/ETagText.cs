using Azure;

namespace Headwater.Storage.Azure.Calling;

/// <summary>ETags as the ports carry them. The service quotes a strong one in headers and not in listings; here it never has quotes.</summary>
internal static class ETagText
{
    public static string Of(ETag etag)
    {
        string text = etag.ToString();
        return text is ['"', .. var bare, '"'] ? bare : text;
    }
}
