using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headwater.Contracts.Json;

/// <summary>How JSON is written on the wire.</summary>
public static class WireJson
{
    /// <summary>Escapes only what JSON requires. Answers are never embedded in a page, so HTML escapes would only make text unreadable.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
