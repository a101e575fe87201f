using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Headwater.Infrastructure.Tests;

/// <summary>
/// Runs the Bicep compiler of the NuGet package as one process for all requests (<c>bicep jsonrpc</c>, messages framed as in the Language Server
/// Protocol), because the compiler loads its types at every start. Its answers are what <c>bicep build</c>, <c>lint</c>, <c>format</c> and
/// <c>snapshot</c> print. Compiling includes linting. The compiler writes no files.
/// </summary>
internal sealed class BicepCompiler : IDisposable
{
    /// <summary>The principal that may send to the inbox if the parameters name senders.</summary>
    public const string Sender = "11111111-1111-1111-1111-111111111111";

    /// <summary>
    /// Environment variables that the parameter files read, fixed here so that no test depends on the machine's environment. Null: not set.
    /// </summary>
    private static readonly Dictionary<string, string?> Inputs = new()
    {
        ["AZURE_ENV_NAME"] = null,
        ["AZURE_LOCATION"] = null,
        ["HEADWATER_ALERT_EMAILS"] = "on-call@example.com",
        ["HEADWATER_INBOX_SENDERS"] = $$"""[{"name":"orders","principalId":"{{Sender}}","principalType":"ServicePrincipal"}]""",

        // The proxy is a closed port: if the compiler ever needs the network, the tests fail.
        ["HTTPS_PROXY"] = "http://127.0.0.1:9",
        ["HTTP_PROXY"] = "http://127.0.0.1:9",
    };

    private static readonly string Program =
        typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Bicep").Value!
        + (OperatingSystem.IsWindows() ? ".exe" : "");

    private readonly Process _process;
    private int _asked;

    public BicepCompiler()
    {
        ProcessStartInfo start = new(Program, ["jsonrpc", "--stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string name, string? value) in Inputs)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    /// <param name="method">For example <c>bicep/compile</c>.</param>
    /// <param name="parameters">An object whose members are the method's parameters.</param>
    /// <returns>The result object.</returns>
    /// <exception cref="InvalidOperationException">The compiler returned an error; the message contains its answer.</exception>
    public async Task<JsonElement> AskAsync(string method, object parameters)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { jsonrpc = "2.0", id = ++_asked, method, @params = parameters });
        Stream input = _process.StandardInput.BaseStream;
        await input.WriteAsync(Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"));
        await input.WriteAsync(body);
        await input.FlushAsync();

        JsonElement answer = await ReadAsync(_process.StandardOutput.BaseStream);
        return answer.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static async Task<JsonElement> ReadAsync(Stream output)
    {
        int length = 0;
        for (string line = await ReadLineAsync(output); line.Length > 0; line = await ReadLineAsync(output))
        {
            string[] header = line.Split(": ", 2);
            length = header[0] == "Content-Length" ? int.Parse(header[1], CultureInfo.InvariantCulture) : length;
        }

        byte[] body = new byte[length];
        await output.ReadExactlyAsync(body);
        return JsonDocument.Parse(body).RootElement;
    }

    private static async Task<string> ReadLineAsync(Stream output)
    {
        StringBuilder line = new();
        for (byte[] next = new byte[1]; ;)
        {
            await output.ReadExactlyAsync(next);
            if (next[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)next[0]);
        }
    }
}
