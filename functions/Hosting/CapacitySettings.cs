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

    private const int MostOfAnything = 1_000_000_000;

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

        return LogOptions.ForMemory(bytes) with
        {
            WaitingReads = Number(configuration, AppSettings.HttpConcurrency, MostConcurrency, DefaultConcurrency) / 2,
            MostStreams = Number(configuration, AppSettings.MaxStreams, MostOfAnything, LogOptions.Default.MostStreams),
            MostPartitions = Number(configuration, AppSettings.MaxPartitions, MostOfAnything, LogOptions.Default.MostPartitions),
        };
    }

    private static int Number(IConfiguration configuration, string name, int most, int absent)
    {
        string? text = configuration[name];
        if (string.IsNullOrWhiteSpace(text))
        {
            return absent;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new SettingsException($"{name} is '{text}'; it must be a whole number from 1 to {most}, or absent.");
    }
}
