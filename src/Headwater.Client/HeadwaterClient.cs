using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Headwater.Client;

/// <summary>The entry to a Headwater log. Thread-safe; one per process is enough.</summary>
public sealed class HeadwaterClient : IDisposable
{
    private readonly ApiConnection _api;

    /// <summary>Makes a client. Sends nothing.</summary>
    /// <exception cref="ArgumentException">The options have no address.</exception>
    public HeadwaterClient(HeadwaterClientOptions options) => _api = new ApiConnection(options);

    /// <summary>Makes a client with default options. Sends nothing.</summary>
    /// <param name="address">The service's address.</param>
    public HeadwaterClient(Uri address)
        : this(new HeadwaterClientOptions { Address = address })
    {
    }

    /// <summary>A stream whose values are of a type that a source-generated context describes. Sends nothing.</summary>
    public EventStream<T> Stream<T>(string name, JsonTypeInfo<T> type) => Stream(name, ValueSerializers.Of(type));

    /// <summary>A stream whose values are written and read by a serializer. Sends nothing.</summary>
    public EventStream<T> Stream<T>(string name, ValueSerializer<T> values) => new(new StreamScope<T>(_api, name, values));

    /// <summary>A stream whose values are <see cref="JsonElement"/>. Sends nothing.</summary>
    public EventStream<JsonElement> Stream(string name) => Stream(name, ValueSerializers.Element);

    /// <summary>A stream whose values are of a type that is examined at run time. Sends nothing.</summary>
    [RequiresUnreferencedCode("Reflection finds the members of the type. Use the overload with a JsonTypeInfo in trimmed programs.")]
    [RequiresDynamicCode("Reflection makes code for the type. Use the overload with a JsonTypeInfo in programs compiled ahead of time.")]
    public EventStream<T> Stream<T>(string name) => Stream(name, ValueSerializers.Reflected<T>());

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();
}
