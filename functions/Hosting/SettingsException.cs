namespace Headwater.Functions.Hosting;

/// <summary>The app cannot start because a setting is invalid. The message is one sentence: the setting, the error, and the valid values.</summary>
public sealed class SettingsException(string sentence, Exception? inner = null) : Exception(sentence, inner);
