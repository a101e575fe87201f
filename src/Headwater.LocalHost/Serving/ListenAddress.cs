using System.Net;
using System.Net.Sockets;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Serving;

/// <summary>Where the host may listen: plain HTTP on a loopback address, because it lets anyone in who can reach it.</summary>
internal static class ListenAddress
{
    public const string Default = "http://127.0.0.1:7071";

    /// <param name="urls">One or more addresses, separated by ';'. Port 0 takes a free one.</param>
    /// <exception cref="HostException">An address cannot be used, or its port is taken.</exception>
    public static IReadOnlyList<Uri> Parse(string urls)
    {
        Uri[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];
        return addresses.Length > 0 ? addresses : throw new HostException($"--urls names no address; for example {Default}");
    }

    /// <summary>Says so early if somebody else listens there, before anything slow is started.</summary>
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
        new($"Port {address.Port} of {address.Host} cannot be used ({inner.Message}): stop what listens there, or pass --urls http://127.0.0.1:PORT.", inner);

    private static Uri ParseOne(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttp || address.PathAndQuery != "/")
        {
            throw new HostException($"--urls {text} is not an address like {Default}");
        }

        return IsLoopback(address)
            ? address
            : throw new HostException($"--urls {text} could be reached from other machines, and the local host asks nobody who they are: use 127.0.0.1, [::1] or localhost.");
    }

    // Not Uri.IsLoopback: a server takes names it does not know, "loopback" among them, for every interface.
    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.DnsSafeHost, out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
