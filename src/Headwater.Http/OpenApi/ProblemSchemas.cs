using System.Text.Json.Nodes;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;

namespace Headwater.Http.OpenApi;

/// <summary>Problems by status: the members of every problem, then the facts of the codes that have the status.</summary>
internal static class ProblemSchemas
{
    /// <summary>Name of the component for problems with a status.</summary>
    public static string NameOf(int status) => FactsOf(status).Any() ? $"Problem{status}" : "Problem";

    /// <summary>All facts of a status are optional, because each belongs to only some of its codes.</summary>
    public static JsonObject Of(int status, SchemaWriter schemas)
    {
        JsonObject problem = schemas.Record(typeof(ProblemAnswer));
        JsonObject members = problem["properties"]!.AsObject();
        foreach ((string name, JsonNode? fact) in FactsOf(status).SelectMany(t => schemas.Record(t)["properties"]!.AsObject()))
        {
            if (members[name] is { } there && there["type"]?.ToString() != fact!["type"]?.ToString())
            {
                throw new InvalidOperationException($"Fact {name} has two types among problems with status {status}.");
            }

            members[name] ??= fact!.DeepClone();
        }

        return problem;
    }

    private static IEnumerable<Type> FactsOf(int status) => Enum.GetValues<ErrorCode>().Where(c => c.Status() == status).SelectMany(FactsOf).Distinct();

    private static Type[] FactsOf(ErrorCode code) => code switch
    {
        ErrorCode.AppendIncomplete or ErrorCode.AppendPartial => [typeof(AppendPartialFacts)],
        ErrorCode.BodyTooLarge => [typeof(LimitFacts)],
        ErrorCode.CommitBehind => [typeof(CommittedFacts)],
        ErrorCode.EventInvalid => [typeof(EventFaultsFacts)],
        ErrorCode.EventTooLarge => [typeof(EventIndexFacts)],
        ErrorCode.GroupActive => [typeof(GroupActiveFacts)],
        ErrorCode.InvalidParameter => [typeof(BodyFaultsFacts), typeof(ParameterFacts)],
        ErrorCode.MalformedBody or ErrorCode.UnknownMember => [typeof(EventFaultsFacts), typeof(BodyFaultsFacts)],
        ErrorCode.MemberExpired => [typeof(GenerationFacts)],
        ErrorCode.NotAcceptable => [typeof(OfferedFacts)],
        ErrorCode.OffsetBelowStart => [typeof(LogStartFacts), typeof(PartitionStartFacts)],
        ErrorCode.OffsetBeyondEnd => [typeof(LogEndFacts), typeof(PartitionEndFacts)],
        ErrorCode.OffsetMismatch => [typeof(LogEndFacts)],
        ErrorCode.PartitionHeld or ErrorCode.PartitionLost => [typeof(PartitionsFacts)],
        ErrorCode.PartitionNotFound => [typeof(PartitionCountFacts)],
        ErrorCode.EpochForgotten => [typeof(ProducerPartitionFacts)],
        ErrorCode.SequenceGap => [typeof(SequenceGapFacts)],
        ErrorCode.SequenceReused => [typeof(SequenceReusedFacts)],
        ErrorCode.StaleEpoch => [typeof(StaleEpochFacts)],
        ErrorCode.StreamReplaced => [typeof(StreamIdFacts)],
        ErrorCode.UnsupportedMediaType =>
        [
            typeof(AcceptedTypesFacts), typeof(AcceptedCharsetFacts), typeof(AcceptedEncodingsFacts), typeof(AcceptedCodecsFacts),
        ],
        _ => [],
    };
}
