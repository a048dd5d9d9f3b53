namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>What the parent asks of the decoder process.</summary>
internal sealed record DecoderRequest(bool Inspect, string File, IReadOnlyList<string>? Columns)
{
    public void Write(BinaryWriter to)
    {
        to.Write(Inspect);
        to.Write(File);
        to.Write(Columns?.Count ?? -1);
        foreach (string column in Columns ?? []) to.Write(column);
        to.Flush();
    }

    public static DecoderRequest Read(BinaryReader from)
    {
        bool inspect = from.ReadBoolean();
        string file = from.ReadString();
        int count = from.ReadInt32();
        string[]? columns = count < 0 ? null : new string[count];
        for (int i = 0; i < count; i++) columns![i] = from.ReadString();
        return new(inspect, file, columns);
    }
}

/// <summary>Ways to die, for tests of the isolation.</summary>
internal enum DecoderFault
{
    None,
    Abort,
    Segfault,
    Hang,
    Bloat,
    AbortAfterFirstBatch,
}
