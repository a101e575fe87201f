using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>Why a request is not answered as asked (RFC 9457). The facts of its code are further members.</summary>
public sealed record ProblemAnswer(
    [property: DataType(DataType.Url)] string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: Description("Whether the same request may succeed later, unchanged.")] bool Retryable,
    [property: AllowedNames("no", "partial", "unknown")]
    [property: Description("Whether anything of the request was stored.")]
    string Appended);

/// <summary>Something wrong in an event or a body.</summary>
public sealed record FaultAnswer(
    [property: Description("Of the event in the request, from 0; absent for what is wrong outside the events.")] int? Index,
    [property: Description("RFC 6901 pointer into the event or the body.")] string Pointer,
    string Message);
