using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>The numbered Parquet files of one table of a version, each closed once it has enough rows.</summary>
internal sealed class ParquetPart(string versionFolder, string table, IReadOnlyList<Data.ColumnField> fields, IParquetWriter writer, int rowsPerFile)
    : IDisposable
{
    private readonly List<VersionFile> _files = [];
    private IParquetFileWriter? _open;
    private string _name = "";
    private long _rows;

    public void Append(IReadOnlyList<Data.Column> columns, int rowCount)
    {
        if (_open is null)
        {
            _name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{table}/part-{_files.Count + 1:D5}.parquet");
            string path = System.IO.Path.Combine(versionFolder, _name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            _open = writer.Create(path, fields);
        }
        _open.Append(columns, rowCount);
        _rows += rowCount;
        if (_rows >= rowsPerFile) Close();
    }

    public VersionTable Complete()
    {
        Close();
        return new VersionTable(_files.Sum(f => f.Rows), _files);
    }

    public void Dispose() => _open?.Dispose();

    private void Close()
    {
        if (_open is null) return;
        _open.Complete();
        _open.Dispose();
        _open = null;
        string path = System.IO.Path.Combine(versionFolder, _name);
        _files.Add(new VersionFile(_name, _rows, new FileInfo(path).Length, FileFingerprint.Of(path)));
        _rows = 0;
    }
}
