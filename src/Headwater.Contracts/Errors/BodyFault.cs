namespace Headwater.Contracts.Errors;

/// <summary>Something wrong in a body outside its events.</summary>
/// <param name="Pointer">RFC 6901 pointer into the body.</param>
/// <param name="Message">What was expected and what came.</param>
public sealed record BodyFault(string Pointer, string Message);

/// <summary>Collects what is wrong with a body of settings, so that one answer names it all.</summary>
public sealed class BodyFaults
{
    private readonly List<BodyFault> _faults = [];
    private bool _unknown;

    public void Add(string pointer, string message) => _faults.Add(new BodyFault(pointer, message));

    public void AddUnknown(string pointer, string message)
    {
        _unknown = true;
        Add(pointer, message);
    }

    /// <exception cref="HeadwaterException"><see cref="ErrorCode.UnknownMember"/> or <see cref="ErrorCode.InvalidParameter"/> with all faults.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count == 0)
            return;

        string more = _faults.Count == 1 ? "" : $" (and {_faults.Count - 1} more)";
        throw new HeadwaterException(
            _unknown ? ErrorCode.UnknownMember : ErrorCode.InvalidParameter,
            $"{_faults[0].Pointer}: {_faults[0].Message.TrimEnd('.')}{more}.")
        {
            Facts = new BodyFaultsFacts(_faults),
        };
    }
}
