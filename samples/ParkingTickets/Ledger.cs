using Headwater.Client;

namespace ParkingTickets;

/// <summary>Posts random events, and keeps by hand what the views must show.</summary>
internal sealed class Ledger(int seed)
{
    private const int Users = 200;

    private readonly Random _random = new(seed);

    private readonly Dictionary<string, string> _names = [];

    private readonly Dictionary<string, Dictionary<string, long>> _tickets = [];

    private readonly Dictionary<string, long> _paid = [];

    private int _numbers;

    /// <summary>Events that were posted.</summary>
    public int Events { get; private set; }

    /// <summary>What every view must show.</summary>
    public IReadOnlyDictionary<string, Debt> Debts => _names.ToDictionary(
        n => n.Key,
        n => new Debt(n.Value, Of(n.Key).Count, Of(n.Key).Values.Sum(), _paid.GetValueOrDefault(n.Key)));

    public IEnumerable<TicketLine> Lines =>
        from user in _tickets
        from ticket in user.Value
        select new TicketLine(ticket.Key, _names.GetValueOrDefault(user.Key), ticket.Value);

    /// <summary>Posts new users and other names, some deletions; tickets, corrections, cancellations; and payments.</summary>
    /// <returns>The appends, by stream.</returns>
    public async Task<IReadOnlyList<(string Stream, AppendResult Result)>> PostAsync(Office office, int count)
    {
        NewEvent<User>[] users = [.. Enumerable.Range(0, count / 5).Select(_ => NextUser())];
        NewEvent<Ticket>[] tickets = [.. Enumerable.Range(0, count / 2).Select(_ => NextTicket())];
        NewEvent<Payment>[] payments = [.. Enumerable.Range(0, count - users.Length - tickets.Length).Select(_ => NextPayment())];
        Events += users.Length + tickets.Length + payments.Length;
        return
        [
            (office.Tickets.Name, await office.Tickets.AppendAsync(tickets)),
            (office.Payments.Name, await office.Payments.AppendAsync(payments)),
            (office.Users.Name, await office.Users.AppendAsync(users)),
        ];
    }

    private Dictionary<string, long> Of(string user) => _tickets.GetValueOrDefault(user) ?? [];

    private string AnyUser() => $"u{_random.Next(Users)}";

    private NewEvent<User> NextUser()
    {
        string user = AnyUser();
        if (_random.Next(10) == 0)
        {
            _names.Remove(user);
            return NewEvent.Tombstone<User>(user);
        }

        _names[user] = $"{(char)('A' + _random.Next(26))}. Parker {_random.Next(1_000)}";
        return new NewEvent<User>(user, new User(_names[user]));
    }

    private NewEvent<Ticket> NextTicket()
    {
        string user = AnyUser();
        Dictionary<string, long> tickets = _tickets.TryGetValue(user, out Dictionary<string, long>? known) ? known : _tickets[user] = [];
        string number = tickets.Count > 0 && _random.Next(3) == 0 ? tickets.Keys.ElementAt(_random.Next(tickets.Count)) : $"t{++_numbers}";
        if (tickets.ContainsKey(number) && _random.Next(3) == 0)
        {
            tickets.Remove(number);
            return new NewEvent<Ticket>(user, new Ticket(number, null));
        }

        tickets[number] = _random.Next(1, 100) * 250;
        return new NewEvent<Ticket>(user, new Ticket(number, tickets[number]));
    }

    private NewEvent<Payment> NextPayment()
    {
        string user = AnyUser();
        long cents = _random.Next(-4, 40) * 250;
        _paid[user] = _paid.GetValueOrDefault(user) + cents;
        return new NewEvent<Payment>(user, new Payment($"p{Events}", cents));
    }
}
