using System.Text;

namespace Headwater.Client;

/// <summary>A row that is sorted.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value as JSON; null: the key's earlier rows are removed.</param>
internal readonly record struct SortedRow(string Key, byte[]? Value);

/// <summary>Sorted rows in a temporary file, which is deleted when it is closed.</summary>
internal sealed class SortedFile : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly FileStream _file;

    private long _rows;

    public SortedFile(string folder) => _file = new FileStream(
        Path.Combine(folder, $"headwater-{ApiConnection.NewId()}.rows"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = BufferBytes, Options = FileOptions.DeleteOnClose });

    public void Write(IEnumerable<SortedRow> rows)
    {
        using var writer = new BinaryWriter(_file, Encoding.UTF8, leaveOpen: true);
        foreach (SortedRow row in rows)
        {
            writer.Write(row.Key);
            writer.Write(row.Value?.Length ?? -1);
            writer.Write(row.Value ?? []);
            _rows++;
        }
    }

    /// <summary>The rows. Called once.</summary>
    public IEnumerable<SortedRow> Read()
    {
        _file.Position = 0;
        using var reader = new BinaryReader(_file, Encoding.UTF8, leaveOpen: true);
        for (long row = 0; row < _rows; row++)
        {
            string key = reader.ReadString();
            int length = reader.ReadInt32();
            yield return new SortedRow(key, length < 0 ? null : reader.ReadBytes(length));
        }
    }

    public void Dispose() => _file.Dispose();
}
