namespace Headwater.Functions.Hosting;

/// <summary>The app cannot start as it is configured. The message is one sentence: which setting, what is wrong with it, what it takes.</summary>
public sealed class SettingsException(string sentence, Exception? inner = null) : Exception(sentence, inner);
