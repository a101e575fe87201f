using System.Text.Json;
using Headwater.Log.Budgets;

namespace Headwater.Formats.Parsing;

/// <summary>A parsed JSON text whose memory is charged to a budget until it is disposed.</summary>
public sealed class ParsedJson : IDisposable
{
    private readonly JsonDocument _document;
    private readonly MemoryCharge _charge;

    internal ParsedJson(JsonDocument document, MemoryCharge charge)
    {
        _document = document;
        _charge = charge;
    }

    /// <summary>The value; not to be used after disposal.</summary>
    public JsonElement Root => _document.RootElement;

    /// <inheritdoc/>
    public void Dispose()
    {
        _document.Dispose();
        _charge.Dispose();
    }
}
