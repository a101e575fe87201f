using System.Globalization;
using Headwater.Hosting.Composition;
using Headwater.Log.Model;
using Microsoft.Extensions.Configuration;

namespace Headwater.Functions.Hosting;

/// <summary>The limits of the log that follow from the size of an instance.</summary>
internal static class CapacitySettings
{
    private const int DefaultConcurrency = 64;

    private const int MostConcurrency = 1_000;

    /// <exception cref="SettingsException">A setting is invalid.</exception>
    public static LogOptions Read(IConfiguration configuration)
    {
        string? megabytes = configuration[AppSettings.MemoryMB];
        if (!ProcessMemory.TryRead(megabytes, out long bytes))
        {
            throw new SettingsException($"{AppSettings.MemoryMB} is '{megabytes}'; it must be a whole number of MB from 256 to 1048576, or absent.");
        }

        if (!string.IsNullOrWhiteSpace(megabytes))
        {
            ProcessMemory.LimitHeap(bytes);
        }

        return LogOptions.ForMemory(bytes) with { WaitingReads = Concurrency(configuration) / 2 };
    }

    private static int Concurrency(IConfiguration configuration)
    {
        string? text = configuration[AppSettings.HttpConcurrency];
        if (string.IsNullOrWhiteSpace(text))
        {
            return DefaultConcurrency;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MostConcurrency
            ? number
            : throw new SettingsException($"{AppSettings.HttpConcurrency} is '{text}'; it must be a whole number from 1 to {MostConcurrency}, or absent.");
    }
}
