namespace Headwater.Testing;

/// <summary>
/// Ports for a server that is stopped and started again. They are below the range for outgoing connections, because an outgoing connection, even one to
/// the stopped server, could otherwise take the port before the restart.
/// </summary>
public static class LastingPorts
{
    /// <summary>The first of several consecutive ports, chosen at random. The caller must bind them to learn whether they are free.</summary>
    public static int First() => Random.Shared.Next(15_000, 32_000);
}
