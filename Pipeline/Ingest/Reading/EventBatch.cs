using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Some rows of a log, decoded: aligned columns that are used again for the next batch.</summary>
internal sealed class EventBatch
{
    public int RowCount { get; private set; }

    public long FirstRow { get; private set; }

    public RowStatus[] Statuses = [];
    public int[] Users = [];
    public int[] Items = [];
    public uint[] Seconds = [];
    public EventKind[] Kinds = [];
    public float[] Amounts = [];
    public double[] Prices = [];
    public float[] Values = [];
    public uint[] Groups = [];
    public bool[] ReturnMarks = [];
    public int[] Texts = [];

    public void Reset(long firstRow, int rows)
    {
        FirstRow = firstRow;
        RowCount = rows;
        if (Statuses.Length < rows)
        {
            Statuses = new RowStatus[rows];
            Users = new int[rows];
            Items = new int[rows];
            Seconds = new uint[rows];
            Kinds = new EventKind[rows];
            Amounts = new float[rows];
            Prices = new double[rows];
            Values = new float[rows];
            Groups = new uint[rows];
            ReturnMarks = new bool[rows];
            Texts = new int[rows];
        }
        Statuses.AsSpan(0, rows).Clear();
        Items.AsSpan(0, rows).Fill(-1);
        Seconds.AsSpan(0, rows).Clear();
        Amounts.AsSpan(0, rows).Fill(1f);
        Prices.AsSpan(0, rows).Fill(double.NaN);
        Values.AsSpan(0, rows).Fill(float.NaN);
        Groups.AsSpan(0, rows).Clear();
        ReturnMarks.AsSpan(0, rows).Clear();
        Texts.AsSpan(0, rows).Fill(-1);
    }
}
