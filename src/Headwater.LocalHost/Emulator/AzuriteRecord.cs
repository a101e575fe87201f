using System.Text.Json;

namespace Headwater.LocalHost.Emulator;

/// <summary>What <c>azurite/start.mjs</c> notes beside Azurite's data: which process has it open. It outlives a killed host, so that the next one finds its storage.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Started">When, to tell it from a later process of the same id.</param>
internal sealed record AzuriteRecord(int Pid, DateTimeOffset Started)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <returns>Null if there is none, or none that makes sense.</returns>
    public static AzuriteRecord? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<AzuriteRecord>(File.ReadAllBytes(file), Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
