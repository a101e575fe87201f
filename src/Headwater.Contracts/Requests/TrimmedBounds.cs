namespace Headwater.Contracts.Requests;

/// <summary>Why bounds on lengths do not hinder trimming, although the constructors of their attributes warn.</summary>
internal static class TrimmedBounds
{
    public const string Reason = "The bounds are of texts and collections, whose lengths need no reflection, and trimmed programs do not check them.";
}
