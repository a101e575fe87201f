using Headwater.Contracts.Errors;

namespace Headwater.Client;

/// <summary>A stream, the connection to its service, and the type of its values: what producers, consumers, replays and views share.</summary>
/// <param name="Api">The connection.</param>
/// <param name="Stream">The stream's name.</param>
/// <param name="Values">Writes and reads values.</param>
internal sealed record StreamScope<T>(ApiConnection Api, string Stream, ValueSerializer<T> Values)
{
    public string Path => StreamCalls.PathOf(Stream);

    public Task<StreamDescription> DescribeAsync(CancellationToken cancellation) => StreamCalls.DescribeAsync(Api, Stream, cancellation);

    /// <summary>The stream, whose schema fits the type of values.</summary>
    /// <param name="produces">Whether values are written; otherwise they are read.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <exception cref="HeadwaterException">StreamNotFound; type_mismatch, which names every field that does not fit.</exception>
    public async Task<StreamDescription> DescribeFittingAsync(bool produces, CancellationToken cancellation)
    {
        StreamDescription stream = await DescribeAsync(cancellation);
        Require(stream, produces);
        return stream;
    }

    /// <summary>Creates the stream, or requires that the stream that exists has the kind, the partitions and a fitting schema.</summary>
    public async Task<StreamDescription> EnsureAsync(StreamSettings settings, CancellationToken cancellation)
    {
        StreamSettings whole = settings.Schema is null && Values.TypeInfo is { } type
            ? settings with { Schema = ShapeJson.Write(TypeShapes.Of(type)) }
            : settings;
        try
        {
            return await StreamCalls.CreateAsync(Api, Stream, whole, cancellation);
        }
        catch (HeadwaterException differs) when (differs.Is(ErrorCode.StreamDiffers))
        {
            StreamDescription stream = await DescribeAsync(cancellation);
            if (stream.IsEntity != settings.IsEntity || stream.Partitions != settings.Partitions)
            {
                throw;
            }

            Require(stream, produces: true);
            Require(stream, produces: false);
            return stream;
        }
    }

    private void Require(StreamDescription stream, bool produces)
    {
        if (Values.TypeInfo is { } type && stream.Schema is { } schema)
        {
            ShapeFit.Require(TypeShapes.Of(type), ShapeJson.Read(schema), produces, Stream);
        }
    }
}
