namespace Headwater.Testing;

/// <summary>
/// Ports for a server that is stopped and started again: below those the system gives to outgoing connections, one of which could else take them
/// meanwhile, even one made to the absent server.
/// </summary>
public static class LastingPorts
{
    /// <summary>The first of several consecutive ports, drawn at random. Binding them shows whether they are free.</summary>
    public static int First() => Random.Shared.Next(15_000, 32_000);
}
