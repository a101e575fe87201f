using System.Net;
using System.Net.Sockets;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Serving;

/// <summary>Checks the addresses of the host: plain HTTP on loopback only, because the host does not authenticate callers.</summary>
internal static class ListenAddress
{
    public const string Default = "http://127.0.0.1:7071";

    /// <param name="urls">One or more addresses, separated by ';'. Port 0 takes a free port.</param>
    /// <exception cref="HostException">An address is invalid or not on loopback.</exception>
    public static IReadOnlyList<Uri> Parse(string urls)
    {
        Uri[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];
        return addresses.Length > 0 ? addresses : throw new HostException($"--urls has no address; an example is {Default}");
    }

    /// <summary>Checks that the port is free, before anything slow is started.</summary>
    /// <exception cref="HostException">The port is taken.</exception>
    public static void CheckFree(Uri address)
    {
        IPAddress ip = address.HostNameType == UriHostNameType.Dns ? IPAddress.Loopback : IPAddress.Parse(address.DnsSafeHost);
        try
        {
            using TcpListener probe = new(ip, address.Port);
            probe.Start();
        }
        catch (SocketException exception)
        {
            throw Taken(address, exception);
        }
    }

    internal static HostException Taken(Uri address, Exception inner) =>
        new(
            $"Port {address.Port} of {address.Host} cannot be used ({inner.Message}): stop its listener, or pass --urls http://127.0.0.1:PORT.",
            inner);

    private static Uri ParseOne(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttp || address.PathAndQuery != "/")
        {
            throw new HostException($"--urls {text} is not an address like {Default}");
        }

        return IsLoopback(address.DnsSafeHost)
            ? address
            : throw new HostException(
                $"--urls {text} is reachable from other machines, and the local host does not authenticate callers: use 127.0.0.1, [::1] or localhost.");
    }

    /// <summary>
    /// Whether a host is <c>localhost</c> or a loopback address. Not Uri.IsLoopback, which accepts "loopback": Kestrel listens on every interface for a name
    /// that it does not know.
    /// </summary>
    /// <param name="host">A name or an address; an IPv6 address without brackets.</param>
    internal static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
