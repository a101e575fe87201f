using System.Diagnostics.CodeAnalysis;

namespace Headwater.Core.Schemas;

/// <summary>The first place where a JSON value does not fit its schema.</summary>
/// <param name="Pointer">A JSON pointer (RFC 6901) relative to the value; empty for the value itself.</param>
/// <param name="Message">What was expected there, and what was found.</param>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "A JSON pointer is called one.")]
public sealed record ValueMismatch(string Pointer, string Message);
