using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>Why a request failed (RFC 9457). The facts of its code are additional members.</summary>
public sealed record ProblemAnswer(
    [property: DataType(DataType.Url)] string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: Description("Whether the same request may succeed later, unchanged.")] bool Retryable,
    [property: AllowedNames("no", "partial", "unknown")]
    [property: Description("Whether any event of the request was stored.")]
    string Appended);

/// <summary>One fault in an event or a body.</summary>
public sealed record FaultAnswer(
    [property: Description("The event's position in the request, from 0; absent for a fault outside the events.")] int? Index,
    [property: Description("A JSON pointer (RFC 6901) into the event, or into the body if index is absent.")] string Pointer,
    string Message);
