using System.Globalization;
using System.Text.RegularExpressions;

namespace Headwater.LocalHost.Emulator;

/// <summary>What Azurite says of itself on its output.</summary>
internal static partial class AzuriteLog
{
    /// <summary>The ports it listens on, once it has said all three.</summary>
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

    /// <summary>It ended because somebody else listens on one of its ports.</summary>
    public static bool IsPortTaken(string log) => log.Contains("EADDRINUSE", StringComparison.Ordinal);

    /// <summary>The line that says best why it ended.</summary>
    public static string Complaint(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(lines, IsPortTaken)
            ?? Array.Find(lines, l => l.Contains("rror", StringComparison.Ordinal))
            ?? lines.LastOrDefault()
            ?? "it said nothing";
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at https?://[^:\s]+:(?<port>\d+)")]
    private static partial Regex Listening();
}

/// <summary>Loopback ports of the three services.</summary>
internal sealed record AzuritePorts(int Blob, int Queue, int Table)
{
    /// <summary>Azurite's own, which tools know as <c>UseDevelopmentStorage=true</c>.</summary>
    public static AzuritePorts Standard { get; } = From(10000);

    /// <summary>Whichever are free.</summary>
    public static AzuritePorts Any { get; } = new(0, 0, 0);

    /// <summary>Three in a row.</summary>
    public static AzuritePorts From(int first) => new(first, first + 1, first + 2);

    // The account and key every Azurite has; they are in its documentation and protect nothing.
    private const string Account =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;{Account};BlobEndpoint=http://127.0.0.1:{Blob}/devstoreaccount1;"
        + $"QueueEndpoint=http://127.0.0.1:{Queue}/devstoreaccount1;TableEndpoint=http://127.0.0.1:{Table}/devstoreaccount1;";
}
