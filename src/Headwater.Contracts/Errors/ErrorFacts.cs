namespace Headwater.Contracts.Errors;

/// <summary>Facts of an error beside its code and detail. Each kind of facts is a record; its members are members of the problem on the wire.</summary>
public abstract record ErrorFacts
{
    private protected ErrorFacts()
    {
    }

    /// <summary>No facts.</summary>
    public static ErrorFacts None { get; } = new NoFacts();
}

/// <summary>An error without facts.</summary>
public sealed record NoFacts : ErrorFacts;
