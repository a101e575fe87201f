using System.Globalization;
using Headwater.Client;

namespace ParkingTickets;

/// <summary>The streams, and the two views that are made of them.</summary>
internal sealed class Office : IAsyncDisposable
{
    private readonly HeadwaterClient _client;

    private Office(HeadwaterClient client)
    {
        _client = client;
        Users = client.Stream("users", ParkingJson.Default.User);
        Tickets = client.Stream("tickets", ParkingJson.Default.Ticket);
        Payments = client.Stream("payments", ParkingJson.Default.Payment);
    }

    public EventStream<User> Users { get; }

    public EventStream<Ticket> Tickets { get; }

    public EventStream<Payment> Payments { get; }

    /// <summary>Who owes how much, by user id.</summary>
    public View<string, Debt> Debts { get; private set; } = null!;

    /// <summary>Tickets with their owners' names, by number.</summary>
    public View<string, TicketLine> Lines { get; private set; } = null!;

    /// <param name="address">The log.</param>
    /// <param name="snapshots">The folder of snapshots; null: none.</param>
    public static async Task<Office> StartAsync(Uri address, string? snapshots)
    {
        var office = new Office(new HeadwaterClient(address));
        await office.Users.EnsureAsync(new StreamSettings { IsEntity = true, Partitions = 4 });
        await office.Tickets.EnsureAsync(new StreamSettings { Partitions = 4 });
        await office.Payments.EnsureAsync(new StreamSettings { Partitions = 4 });
        SnapshotStore? store = snapshots is null ? null : SnapshotStore.InFolder(snapshots);
        office.Debts = await office.DefineDebts().StartAsync(new ViewOptions { Name = "debts", Version = 1, Snapshots = store });
        office.Lines = await office.DefineLines().StartAsync(new ViewOptions { Name = "lines", Version = 1, Snapshots = store });
        return office;
    }

    /// <summary>Whether both views follow the log. Otherwise they show their last rows.</summary>
    public bool IsFollowing => !Debts.Completion.IsCompleted && !Lines.Completion.IsCompleted;

    /// <summary>Users with their tickets and payments. A user who was deleted has no row.</summary>
    public ViewDefinition<string, Debt> DefineDebts()
    {
        ViewDefinition<string, UserTickets> tickets = Tickets.Fold<Ticket, UserTickets>(ValueSerializers.Of(ParkingJson.Default.UserTickets), Add);
        ViewDefinition<string, decimal> paid = Payments.Sum(payment => payment.Value?.Cents ?? 0);
        return Users.Latest()
            .Join(tickets, ParkingJson.Default.Debt, (_, user, fined) => user is null ? null : ToDebt(user, fined))
            .Join(paid, ParkingJson.Default.Debt, (_, debt, cents) => debt is null ? null : debt with { Paid = (long)cents });
    }

    /// <summary>Each ticket with the name of the user whose it is: a change of the name changes all lines of the user.</summary>
    public ViewDefinition<string, TicketLine> DefineLines()
    {
        ViewDefinition<string, TicketOwner> owners = Tickets.Fold<Ticket, string, TicketOwner>(
            ViewKeys.Text,
            ticket => ticket.Value?.Number, // An event without a value says nothing about a ticket.
            ValueSerializers.Of(ParkingJson.Default.TicketOwner),
            (_, ticket) => ticket.Value!.Cents is { } cents ? new TicketOwner(ticket.Key!, cents) : null);
        return owners.JoinBy(
            Users.Latest(), owner => owner.User, ParkingJson.Default.TicketLine, (number, owner, user) => new TicketLine(number, user?.Name, owner.Cents));
    }

    public async ValueTask DisposeAsync()
    {
        await Debts.DisposeAsync();
        await Lines.DisposeAsync();
        _client.Dispose();
    }

    public static string Euros(long cents) => (cents / 100m).ToString("N2", CultureInfo.InvariantCulture);

    /// <summary>The latest event of a ticket counts. A fold makes a new state and leaves the one before as it is.</summary>
    private static UserTickets Add(UserTickets? before, ReceivedEvent<Ticket> ticket)
    {
        var cents = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string number, long cost) in before?.Cents ?? new Dictionary<string, long>())
        {
            cents[number] = cost;
        }

        if (ticket.Value is { Cents: { } now })
        {
            cents[ticket.Value.Number] = now;
        }
        else if (ticket.Value is { Cents: null })
        {
            cents.Remove(ticket.Value.Number);
        }

        return new UserTickets(cents);
    }

    private static Debt ToDebt(User user, UserTickets? tickets) => new(user.Name, tickets?.Cents.Count ?? 0, tickets?.Cents.Values.Sum() ?? 0, 0);
}
