using Headwater.Log.Model;

namespace Headwater.Log.Streams;

/// <summary>
/// A caller's condition on a change of a stream; throws if it does not hold. It is checked against the document that the change replaces under its ETag, so
/// that no other change comes between the check and the write.
/// </summary>
/// <param name="stream">The stream; null if there is none.</param>
public delegate void StreamCondition(StreamDescription? stream);
