using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Instances;

namespace Headwater.Simulation.Workload;

/// <summary>The client knows that the stream was recreated.</summary>
internal sealed class OtherStreamException() : Exception("The stream is another one by now.");

/// <summary>Maps an exception to a client's answer. An answer that no client should receive ends the simulation.</summary>
internal static class Answers
{
    /// <param name="problem">The exception that ended the call.</param>
    /// <param name="unknown">Whether the request may have been stored.</param>
    /// <param name="fact">The first number among the error's facts.</param>
    /// <returns>The error code; null if no answer arrived.</returns>
    public static ErrorCode? Read(Exception problem, out bool unknown, out long? fact)
    {
        fact = null;
        switch (problem)
        {
            case NoAnswerException none:
                unknown = none.How != NoAnswer.Refused;
                return null;
            case OperationCanceledException:
                unknown = true;
                return null;
            case OtherStreamException:
                unknown = false;
                return null;
            case StorageException:
            case HeadwaterException:
                HeadwaterException said =
                    StorageErrors.Translate(problem) as HeadwaterException ?? throw new InvalidOperationException("A translation is an answer.");
                RequireExpected(said);
                unknown = said.Appended != Appended.No;
                fact = said.Facts
                    .ToJson()
                    .EnumerateObject()
                    .Where(f => f.Value.ValueKind == JsonValueKind.Number)
                    .Select(f => (long?)f.Value.GetInt64())
                    .FirstOrDefault();
                return said.Code;
            default:
                throw new ViolationException(ViolationKind.UnexpectedAnswer, problem.ToString());
        }
    }

    private static void RequireExpected(HeadwaterException said)
    {
        bool expected = said.Code is ErrorCode.AppendUnknown or ErrorCode.IdempotencyKeyReused or ErrorCode.OffsetBelowStart or ErrorCode.OffsetBeyondEnd
            or ErrorCode.OffsetMismatch or ErrorCode.EpochForgotten or ErrorCode.KeyForgotten or ErrorCode.Overloaded
            or ErrorCode.ProducerNotStarted or ErrorCode.SequenceGap or ErrorCode.SequenceReused or ErrorCode.ServiceFull or ErrorCode.StaleEpoch
            or ErrorCode.StorageUnavailable or ErrorCode.StreamChanged or ErrorCode.StreamDeleting or ErrorCode.StreamNotFound
            or ErrorCode.CommitBehind or ErrorCode.GroupActive or ErrorCode.GroupChanged or ErrorCode.GroupFull or ErrorCode.GroupNotFound
            or ErrorCode.MemberExpired or ErrorCode.PartitionHeld or ErrorCode.PartitionLost;
        if (!expected)
        {
            throw new ViolationException(ViolationKind.UnexpectedAnswer, said.ToString());
        }
    }
}
