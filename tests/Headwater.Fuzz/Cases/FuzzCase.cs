using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headwater.Fuzz.Cases;

/// <summary>The inputs that a seed drew, in order. A case in a file is replayed without its generator, so that it stays the same when the generator changes.</summary>
internal sealed record FuzzCase(ulong Seed, IReadOnlyList<FuzzStep> Steps)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static FuzzCase Read(string file) =>
        JsonSerializer.Deserialize<FuzzCase>(File.ReadAllText(file), Json) ?? throw new InvalidOperationException($"{file} contains no case.");

    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, $"seed-{Seed}.json");
        File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n", new UTF8Encoding(false));
        return file;
    }

    /// <summary>A step with this body, as text if the body is UTF-8.</summary>
    public static FuzzStep WithBody(FuzzStep step, byte[] body)
    {
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
            return step with { Text = text, Base64 = null };
        }
        catch (DecoderFallbackException)
        {
            return step with { Text = null, Base64 = body };
        }
    }
}
