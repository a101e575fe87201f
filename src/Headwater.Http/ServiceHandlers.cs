using Headwater.Http.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http;

/// <summary>What the service says of itself, without asking storage.</summary>
internal sealed class ServiceHandlers(Func<byte[]> writeDocument)
{
    private readonly Lazy<byte[]> _document = new(writeDocument);

    public static Task HealthAsync(HttpContext context) => Answer.JsonAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteString("status", "ok");
        json.WriteString("version", ApiVersion.Text);
        json.WriteEndObject();
    });

    public Task DocumentAsync(HttpContext context) => Answer.BytesAsync(context, StatusCodes.Status200OK, MediaTypes.Json, _document.Value);
}
