namespace Headwater.Contracts.Errors;

/// <summary>The data of an error beside its code and detail. Each kind is a record whose members become members of the problem.</summary>
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
