using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headwater.Contracts.Json;

/// <summary>How JSON is written on the wire.</summary>
public static class WireJson
{
    /// <summary>Answers are read by programs and never embedded in a page, so text stays readable: only what JSON itself requires is escaped.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
