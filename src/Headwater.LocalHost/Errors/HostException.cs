namespace Headwater.LocalHost.Errors;

/// <summary>The local host cannot go on. The message is one plain sentence for the person who started it: what is wrong and what to do.</summary>
internal sealed class HostException(string sentence, Exception? inner = null) : Exception(sentence, inner);
