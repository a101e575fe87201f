using Headwater.Testing;

namespace Headwater.Hostile.Attacks;

/// <summary>The attacks, in the order in which they run.</summary>
internal static class AllAttacks
{
    /// <param name="host">The host under attack.</param>
    /// <param name="assembly">Starts a second host on the same storage.</param>
    /// <param name="storage">The connection string of the storage.</param>
    public static IEnumerable<Attack> Of(HostProcess host, string assembly, string storage)
    {
        var client = new AttackClient(host.Address);
        return [.. BodyAttacks.Of(client), .. PageAttacks.Of(client, assembly, storage), .. SlowAttacks.Of(client), .. MetadataAttacks.Of(client)];
    }
}
