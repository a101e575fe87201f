namespace Headwater.Simulation.Service;

/// <summary>What an instance asks of storage.</summary>
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

/// <summary>When an instance dies at a storage call.</summary>
internal enum CrashMoment
{
    Never,

    /// <summary>The call is not made.</summary>
    BeforeSending,

    /// <summary>The call is under way and will arrive.</summary>
    AfterSending,

    /// <summary>The service has done it and the answer comes to nobody.</summary>
    AfterApplying,
}
