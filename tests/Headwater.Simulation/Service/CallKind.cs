namespace Headwater.Simulation.Service;

/// <summary>The storage operations.</summary>
internal enum CallKind
{
    Create,
    Append,
    Seal,
    Read,
    Write,
    Delete,
    List,
    TableRead,
    TableWrite,
}

/// <summary>When an instance dies during a storage call.</summary>
internal enum CrashMoment
{
    Never,

    /// <summary>The call is not made.</summary>
    BeforeSending,

    /// <summary>The call is sent and will arrive.</summary>
    AfterSending,

    /// <summary>The service has applied the call, and the answer is lost.</summary>
    AfterApplying,
}
