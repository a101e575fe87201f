using System.Text.Json;

namespace Headwater.LocalHost.Npm;

/// <summary>Compares a lock file with what npm noted it has installed (<c>node_modules/.package-lock.json</c>, which it writes last).</summary>
internal static class NpmLock
{
    /// <summary>True if every package of the lock that is not optional is noted as installed in the same version.</summary>
    public static bool IsInstalled(string lockFile, string installedFile)
    {
        if (!File.Exists(installedFile))
        {
            return false;
        }

        try
        {
            using JsonDocument wanted = JsonDocument.Parse(File.ReadAllBytes(lockFile));
            using JsonDocument installed = JsonDocument.Parse(File.ReadAllBytes(installedFile));
            JsonElement there = installed.RootElement.GetProperty("packages");
            return wanted.RootElement.GetProperty("packages").EnumerateObject()
                .Where(p => p.Name.Length > 0 && !IsOptional(p.Value))
                .All(p => there.TryGetProperty(p.Name, out JsonElement package) && Version(package) == Version(p.Value));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            // Half-written by an npm that was killed: not installed.
            return false;
        }
    }

    private static string? Version(JsonElement package) => package.TryGetProperty("version", out JsonElement version) ? version.GetString() : null;

    private static bool IsOptional(JsonElement package) =>
        (package.TryGetProperty("optional", out JsonElement optional) && optional.ValueKind == JsonValueKind.True)
        || (package.TryGetProperty("devOptional", out optional) && optional.ValueKind == JsonValueKind.True);
}
