using System.ComponentModel;
using System.Text.Json.Serialization;

namespace ParkingTickets;

[Description("A person who parks. Entity stream, by user id.")]
public sealed record User(string Name);

[Description("What was found out about a ticket; the latest event of a ticket counts. Event stream, by user id.")]
public sealed record Ticket(
    string Number,
    [property: Description("What the ticket costs; null if it was cancelled.")] long? Cents);

[Description("A payment. Event stream, by user id.")]
public sealed record Payment(string Reference, [property: Description("Negative if money was paid back.")] long Cents);

/// <summary>The tickets of a user that were not cancelled.</summary>
public sealed record UserTickets(IReadOnlyDictionary<string, long> Cents);

/// <summary>What a user owes.</summary>
public sealed record Debt(string Name, int Tickets, long Fined, long Paid)
{
    public long Owed => Fined - Paid;
}

/// <summary>A ticket, whose it is, and what it costs.</summary>
public sealed record TicketOwner(string User, long Cents);

/// <summary>A ticket with its owner's name of now.</summary>
public sealed record TicketLine(string Number, string? Owner, long Cents);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(UserTickets))]
[JsonSerializable(typeof(Debt))]
[JsonSerializable(typeof(Dictionary<string, Debt>))]
[JsonSerializable(typeof(TicketOwner))]
[JsonSerializable(typeof(TicketLine))]
internal sealed partial class ParkingJson : JsonSerializerContext;
