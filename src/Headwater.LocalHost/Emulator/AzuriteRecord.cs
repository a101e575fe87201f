using System.Text.Json;

namespace Headwater.LocalHost.Emulator;

/// <summary>
/// The record of the process that has Azurite's data open, which <c>azurite/start.mjs</c> writes beside the data. It remains after a host is
/// killed, so that the next host finds the process.
/// </summary>
/// <param name="Pid">The process id.</param>
/// <param name="Started">The start time, which distinguishes it from a later process with the same id.</param>
internal sealed record AzuriteRecord(int Pid, DateTimeOffset Started)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <returns>Null if the file is missing or invalid.</returns>
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
