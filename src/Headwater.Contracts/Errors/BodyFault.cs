namespace Headwater.Contracts.Errors;

/// <summary>Something wrong in a body outside its events.</summary>
/// <param name="Pointer">RFC 6901 pointer into the body.</param>
/// <param name="Message">What was expected and what came.</param>
public sealed record BodyFault(string Pointer, string Message);

/// <summary>Collects the faults of a settings body, so that one answer names the first 100 of them.</summary>
public sealed class BodyFaults
{
    private const int Reported = 100;

    private readonly List<BodyFault> _faults = [];
    private int _count;
    private bool _unknown;

    /// <summary>The number of faults recorded.</summary>
    public int Count => _faults.Count;

    /// <summary>Whether further faults are counted and not reported, so that their texts need not be made.</summary>
    public bool IsFull => _faults.Count == Reported;

    /// <summary>Counts a further member that is not documented.</summary>
    public void CountUnknown()
    {
        _unknown = true;
        _count++;
    }

    /// <summary>Records that a member has an invalid value.</summary>
    /// <param name="pointer">RFC 6901 pointer into the body.</param>
    /// <param name="message">What was expected and what came.</param>
    public void Add(string pointer, string message)
    {
        _count++;
        if (_faults.Count < Reported)
        {
            _faults.Add(new BodyFault(pointer, message));
        }
    }

    /// <summary>Records a member that is not documented. One such fault makes the code <see cref="ErrorCode.UnknownMember"/>.</summary>
    /// <param name="pointer">RFC 6901 pointer to the member.</param>
    /// <param name="message">What was expected and what came.</param>
    public void AddUnknown(string pointer, string message)
    {
        _unknown = true;
        Add(pointer, message);
    }

    /// <summary>Does nothing if no fault was recorded.</summary>
    /// <exception cref="HeadwaterException"><see cref="ErrorCode.UnknownMember"/> or <see cref="ErrorCode.InvalidParameter"/> with all faults.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count == 0)
        {
            return;
        }

        string more = _count == 1 ? "" : $" (and {_count - 1} more)";
        throw new HeadwaterException(
            _unknown ? ErrorCode.UnknownMember : ErrorCode.InvalidParameter,
            $"{_faults[0].Pointer}: {_faults[0].Message.TrimEnd('.')}{more}.")
        {
            Facts = new BodyFaultsFacts(_faults),
        };
    }
}
