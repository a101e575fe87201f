using System.Net;
using System.Net.Sockets;
using Headwater.LocalHost.Tests.Running;

namespace Headwater.LocalHost.Tests;

/// <summary>If the arguments are wrong, the host prints one plain sentence and neither starts nor creates anything.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_names_every_option_and_the_demo()
    {
        using HostProcess host = await HostProcess.RunAsync(["--help"]);

        Assert.Equal(0, host.ExitCode);
        Assert.All(
            ["--urls", "--storage", "--data", "demo", "copy", "HEADWATER_STORAGE", "killing Azurite"],
            word => Assert.Contains(word, host.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://0.0.0.0:7071", "other machines")]
    [InlineData("http://192.0.2.1:7071", "other machines")]
    [InlineData("http://*:7071", "not an address")]
    [InlineData("https://127.0.0.1:7071", "not an address")]
    [InlineData("7071", "not an address")]
    public async Task An_address_others_could_reach_is_refused(string urls, string expected)
    {
        using HostProcess host = await HostProcess.RunAsync(["--urls", urls, "--data", _folder.PathOf("data")]);

        AssertRefused(host, expected);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        using HostProcess host = await HostProcess.RunAsync(["--urls", $"http://127.0.0.1:{port}", "--data", _folder.PathOf("data")]);

        AssertRefused(host, $"Port {port}");
    }

    [Fact]
    public async Task A_connection_string_that_is_none_is_refused()
    {
        using HostProcess host = await HostProcess.RunAsync(["--urls", "http://127.0.0.1:0", "--storage", "nonsense", "--data", _folder.PathOf("data")]);

        AssertRefused(host, "connection string");
    }

    [Fact]
    public async Task A_copy_from_what_is_no_account_is_refused()
    {
        using HostProcess host = await HostProcess.RunAsync(["copy", "--from", "x", "--to", "y"]);

        AssertRefused(host, "not a storage account's name");
    }

    [Fact]
    public async Task Missing_npm_is_named_with_what_to_install()
    {
        string program = CopyWithoutAzurite();

        using HostProcess host = await HostProcess.RunAsync(
            ["--urls", "http://127.0.0.1:0", "--data", _folder.PathOf("data")], program, path: _folder.PathOf());

        AssertSentence(host, "npm was not found");
        Assert.Contains("Node.js", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_Node_is_named_with_what_to_install()
    {
        string program = CopyWithoutAzurite();
        string azurite = _folder.PathOf("src", "Headwater.LocalHost", "azurite");
        Directory.CreateDirectory(Path.Combine(azurite, "node_modules"));
        File.Copy(Path.Combine(azurite, "package-lock.json"), Path.Combine(azurite, "node_modules", ".package-lock.json"));

        using HostProcess host = await HostProcess.RunAsync(
            ["--urls", "http://127.0.0.1:0", "--data", _folder.PathOf("data")], program, path: _folder.PathOf());

        AssertSentence(host, "node was not found");
    }

    [Fact]
    public async Task An_unknown_option_is_refused()
    {
        using HostProcess host = await HostProcess.RunAsync(["--port", "1"]);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("--port", host.Errors, StringComparison.Ordinal);
    }

    // Copies the program into a tree like the repository's, with the npm project but without its packages.
    private string CopyWithoutAzurite()
    {
        string from = Path.GetDirectoryName(new Installed().Azurite.PathOf("package-lock.json"))!;
        string project = _folder.PathOf("src", "Headwater.LocalHost");
        string bin = Path.Combine(project, "bin");
        Directory.CreateDirectory(bin);
        Directory.CreateDirectory(Path.Combine(project, "azurite"));
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(project, "azurite", Path.GetFileName(file)));
        }

        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(bin, Path.GetFileName(file)));
        }

        return Path.Combine(bin, "Headwater.LocalHost.dll");
    }

    private void AssertRefused(HostProcess host, string expected)
    {
        AssertSentence(host, expected);
        Assert.False(Directory.Exists(_folder.PathOf("data")));
    }

    private static void AssertSentence(HostProcess host, string expected)
    {
        Assert.Equal(1, host.ExitCode);
        string sentence = Assert.Single(host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
    }
}
