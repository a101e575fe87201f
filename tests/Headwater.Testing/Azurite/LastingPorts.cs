using System.Net;
using System.Net.Sockets;

namespace Headwater.Testing;

/// <summary>Ports for a server that is stopped and started again: below those the system gives to outgoing connections, one of which could else take them meanwhile, even one made to the absent server.</summary>
public static class LastingPorts
{
    private const int First = 15_000;

    private const int End = 32_000;

    /// <summary>Different free loopback ports.</summary>
    public static int[] Find(int count)
    {
        var found = new HashSet<int>();
        while (found.Count < count)
        {
            int port = Random.Shared.Next(First, End);
            if (IsFree(port))
            {
                found.Add(port);
            }
        }

        return [.. found];
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener probe = new(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
