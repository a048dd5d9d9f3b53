using Microsoft.ML;
using Microsoft.ML.Data;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>Rows made by functions of their number, behind a schema that may have more columns than are filled.</summary>
internal sealed class TableView(DataViewSchema schema, long rows) : IDataView
{
    private readonly Dictionary<int, Func<Cursor, Delegate>> _columns = [];

    public DataViewSchema Schema => schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => rows;

    public TableView Fill<T>(DataViewSchema.Column column, Func<long, T> value)
    {
        _columns[column.Index] = cursor => new ValueGetter<T>((ref T to) => to = value(cursor.Position));
        return this;
    }

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(TableView table, IEnumerable<DataViewSchema.Column> needed) : DataViewRowCursor
    {
        private readonly HashSet<int> _active = [.. needed.Select(c => c.Index)];
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => table.Schema;

        public override bool MoveNext() => ++_position < table.GetRowCount();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            table._columns.TryGetValue(column.Index, out var make) && make(this) is ValueGetter<TValue> getter
            ? getter
            : throw new InvalidOperationException($"column '{column.Name}' of type {column.Type} gives no {typeof(TValue).Name}");
    }
}
