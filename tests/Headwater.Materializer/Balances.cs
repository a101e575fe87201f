using System.Text.Json.Serialization;
using Headwater.Client;
using Headwater.Client.Sqlite;

namespace Headwater.Materializer;

public sealed record Entry(string Owner, int Amount);

public sealed record Owner(string Name);

public sealed record Account(string Owner, long Entries, long Sum);

public sealed record Balance(string? Name, long Entries, long Sum);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Entry))]
[JsonSerializable(typeof(Owner))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(Balance))]
public sealed partial class BalancesJson : JsonSerializerContext;

/// <summary>A view that shows each event that was applied twice or not at all: sums of an event stream, joined with the names of their owners.</summary>
public static class Balances
{
    public static ViewStorage InFolder(string folder) => new SqliteStorage(folder);

    public static Task<View<string, Balance>> StartAsync(HeadwaterClient client, string entries, string owners, ViewStorage storage) => client
        .Stream(entries, BalancesJson.Default.Entry)
        .Fold<Entry, Account>(
            ValueSerializers.Of(BalancesJson.Default.Account),
            (before, e) => new Account(e.Value!.Owner, (before?.Entries ?? 0) + 1, (before?.Sum ?? 0) + e.Value.Amount))
        .JoinBy(
            client.Stream(owners, BalancesJson.Default.Owner).Latest(),
            account => account.Owner,
            BalancesJson.Default.Balance,
            (_, account, owner) => new Balance(owner?.Name, account.Entries, account.Sum))
        .StartAsync(new ViewOptions { Name = "balances", Version = 1, Storage = storage });
}
