namespace Headwater.Contracts.Requests;

/// <summary>Why bounds on lengths do not hinder trimming, although the constructors of their attributes warn.</summary>
internal static class TrimmedBounds
{
    public const string Reason = "The bounds describe texts and collections, whose lengths need no reflection, and programs that are trimmed do not check them.";
}
