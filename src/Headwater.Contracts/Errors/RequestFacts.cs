using System.ComponentModel;

namespace Headwater.Contracts.Errors;

/// <summary>Facts of an error in events of a request.</summary>
public sealed record EventFaultsFacts([property: Description("The first 100 faults.")] IReadOnlyList<EventFault> Errors) : ErrorFacts;

/// <summary>Facts of an error in a body, outside its events.</summary>
public sealed record BodyFaultsFacts([property: Description("The first 100 faults.")] IReadOnlyList<BodyFault> Errors) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.InvalidParameter"/> where a parameter or header is wrong.</summary>
public sealed record ParameterFacts([property: Description("The parameter or header that is wrong.")] string Parameter) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.BodyTooLarge"/>.</summary>
public sealed record LimitFacts([property: Description("The limit in bytes.")] long Limit) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.UnsupportedMediaType"/> where the media type is wrong.</summary>
public sealed record AcceptedTypesFacts([property: Description("The media types that the route accepts.")] IReadOnlyList<string> Accepted) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.UnsupportedMediaType"/> where the charset is wrong.</summary>
public sealed record AcceptedCharsetFacts([property: Description("The only charset accepted.")] string AcceptedCharset) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.UnsupportedMediaType"/> where the content encoding is wrong.</summary>
public sealed record AcceptedEncodingsFacts([property: Description("The content encodings accepted.")] IReadOnlyList<string> AcceptedEncodings) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.UnsupportedMediaType"/> where the codec of an Avro file is wrong.</summary>
public sealed record AcceptedCodecsFacts([property: Description("The codecs accepted.")] IReadOnlyList<string> AcceptedCodecs) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.NotAcceptable"/>.</summary>
public sealed record OfferedFacts([property: Description("The media types offered.")] IReadOnlyList<string> Offered) : ErrorFacts;
