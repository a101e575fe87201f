namespace Headwater.LocalHost.Errors;

/// <summary>The local host cannot continue. The message is for the person who started it: what is wrong, and what to do.</summary>
internal sealed class HostException(string sentence, Exception? inner = null) : Exception(sentence, inner);
