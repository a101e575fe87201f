using System.Globalization;
using System.Text.RegularExpressions;

namespace Headwater.LocalHost.Emulator;

/// <summary>Parses Azurite's output.</summary>
internal static partial class AzuriteLog
{
    /// <summary>The ports that it listens on; null until it has reported all three.</summary>
    public static AzuritePorts? Ports(string log)
    {
        int? blob = null;
        int? queue = null;
        int? table = null;
        foreach (Match match in Listening().Matches(log))
        {
            int port = int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
            _ = match.Groups["service"].Value switch
            {
                "Blob" => blob = port,
                "Queue" => queue = port,
                _ => table = port,
            };
        }

        return blob is { } b && queue is { } q && table is { } t ? new AzuritePorts(b, q, t) : null;
    }

    /// <summary>Whether it exited because one of its ports is in use.</summary>
    public static bool IsPortTaken(string log) => log.Contains("EADDRINUSE", StringComparison.Ordinal);

    /// <summary>The line that best explains why it exited.</summary>
    public static string Complaint(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(lines, IsPortTaken)
            ?? Array.Find(lines, l => l.Contains("rror", StringComparison.Ordinal))
            ?? lines.LastOrDefault()
            ?? "it reported nothing";
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at https?://[^:\s]+:(?<port>\d+)")]
    private static partial Regex Listening();
}

/// <summary>Loopback ports of the three services.</summary>
internal sealed record AzuritePorts(int Blob, int Queue, int Table)
{
    /// <summary>Azurite's default ports, which tools use for <c>UseDevelopmentStorage=true</c>.</summary>
    public static AzuritePorts Standard { get; } = From(10000);

    /// <summary>Any free ports.</summary>
    public static AzuritePorts Any { get; } = new(0, 0, 0);

    /// <summary>Three consecutive ports.</summary>
    public static AzuritePorts From(int first) => new(first, first + 1, first + 2);

    // The documented default account and key of every Azurite; they are not secret.
    private const string Account =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;{Account};BlobEndpoint=http://127.0.0.1:{Blob}/devstoreaccount1;"
        + $"QueueEndpoint=http://127.0.0.1:{Queue}/devstoreaccount1;TableEndpoint=http://127.0.0.1:{Table}/devstoreaccount1;";
}
