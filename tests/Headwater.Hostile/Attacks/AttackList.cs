using Headwater.Hostile.Running;

namespace Headwater.Hostile.Attacks;

/// <summary>The attacks on one host, in an order that the seed gives.</summary>
internal sealed class AttackList : IAsyncDisposable
{
    private readonly SecondHost _second;

    private AttackList(IReadOnlyList<Attack> all, SecondHost second)
    {
        All = all;
        _second = second;
    }

    public IReadOnlyList<Attack> All { get; }

    public static AttackList Of(Target target, RunSettings settings)
    {
        var second = new SecondHost(settings.Assembly, target.Storage);
        Attack[] all = [.. Every(new AttackClient(target.Host.Address), second).Where(a => a.Name.Contains(settings.Name, StringComparison.Ordinal))];
        new Random(settings.Seed).Shuffle(all);
        return new AttackList(all, second);
    }

    /// <summary>The names of the chosen attacks, in the order in which they are documented.</summary>
    public static IEnumerable<string> Names(RunSettings settings) => Every(new AttackClient(new Uri("http://127.0.0.1")), new SecondHost("", ""))
        .Select(a => a.Name)
        .Where(n => n.Contains(settings.Name, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _second.DisposeAsync();

    private static IEnumerable<Attack> Every(AttackClient client, SecondHost second) =>
        [.. BodyAttacks.Of(client), .. PageAttacks.Of(client, second), .. SlowAttacks.Of(client), .. MetadataAttacks.Of(client)];
}
