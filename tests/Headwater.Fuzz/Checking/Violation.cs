namespace Headwater.Fuzz.Checking;

/// <summary>A promise that an answer broke.</summary>
internal sealed class ViolationException(string message) : Exception(message)
{
    public static void ThrowUnless(bool holds, string message)
    {
        if (!holds)
        {
            throw new ViolationException(message);
        }
    }
}
