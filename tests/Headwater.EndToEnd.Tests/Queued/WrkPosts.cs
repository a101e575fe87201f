using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>One POST, sent by Debian's <c>wrk</c> as often as the server answers.</summary>
internal sealed partial class WrkPosts(Uri address, Dictionary<string, string> headers, string body)
{
    public const int Connections = 16;

    public static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    /// <summary>Requests answered per second, over <see cref="Length"/>.</summary>
    /// <exception cref="InvalidOperationException"><c>wrk</c> failed, or an answer was no success.</exception>
    public async Task<double> RateAsync(CancellationToken cancellation)
    {
        string script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script(), cancellation);
            string[] arguments = ["-t1", $"-c{Connections}", $"-d{Length.TotalSeconds}s", "-s", script, address.AbsoluteUri];
            using Process wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })!;
            string output = await wrk.StandardOutput.ReadToEndAsync(cancellation);
            await wrk.WaitForExitAsync(cancellation);
            Match rate = Rate().Match(output);
            return wrk.ExitCode == 0 && rate.Success && !output.Contains("Non-2xx", StringComparison.Ordinal)
                ? double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException(output);
        }
        finally
        {
            File.Delete(script);
        }
    }

    private string Script()
    {
        StringBuilder script = new("wrk.method = 'POST'\n");
        foreach ((string name, string value) in headers)
        {
            script.Append(CultureInfo.InvariantCulture, $"wrk.headers['{name}'] = '{value}'\n");
        }

        return script.Append(CultureInfo.InvariantCulture, $"wrk.body = [==[{body}]==]\n").ToString();
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();
}
