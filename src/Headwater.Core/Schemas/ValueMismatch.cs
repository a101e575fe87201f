using System.Diagnostics.CodeAnalysis;

namespace Headwater.Core.Schemas;

/// <summary>The first place where a JSON value does not fit its schema.</summary>
/// <param name="Pointer">RFC 6901, from the value; empty when it is the value itself.</param>
/// <param name="Message">What was expected there and what came.</param>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "A JSON pointer is called one.")]
public sealed record ValueMismatch(string Pointer, string Message);
