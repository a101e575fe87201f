using Headwater.Contracts.Errors;

namespace Headwater.Log.Model;

/// <summary>
/// The rule for names that enter blob paths, checked only when something is created under the name. On the real service a segment of a path must not end in a
/// dot, and many clients remove <c>..</c> from a path. What exists under such a name stays usable.
/// </summary>
internal static class NewName
{
    /// <param name="name">A name that is well-formed.</param>
    /// <param name="what">What has the name, for people: "A stream's name".</param>
    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static void Require(string name, string what)
    {
        if (name.EndsWith('.') || name.Contains("..", StringComparison.Ordinal))
        {
            throw new HeadwaterException(ErrorCode.InvalidName, $"{what} must not end in a dot or contain '..', but is '{name}'.");
        }
    }
}
