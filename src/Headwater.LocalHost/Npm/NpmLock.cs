using System.Text.Json;

namespace Headwater.LocalHost.Npm;

/// <summary>Compares a lock file with npm's record of the installed packages (<c>node_modules/.package-lock.json</c>), which npm writes last.</summary>
internal static class NpmLock
{
    /// <summary>Whether every package of the lock that is not optional is installed in the same version.</summary>
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
            // npm was killed while writing the record: the packages are not installed.
            return false;
        }
    }

    private static string? Version(JsonElement package) => package.TryGetProperty("version", out JsonElement version) ? version.GetString() : null;

    private static bool IsOptional(JsonElement package) =>
        (package.TryGetProperty("optional", out JsonElement optional) && optional.ValueKind == JsonValueKind.True)
        || (package.TryGetProperty("devOptional", out optional) && optional.ValueKind == JsonValueKind.True);
}
