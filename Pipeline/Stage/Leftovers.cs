namespace Recsys.Batch.Pipeline.Stage;

/// <summary>
/// What a large step leaves is as large as the next one, which would else be laid on top of it: the runtime collects when it has to, which on a machine with
/// room to spare is late. A collection of some large arrays takes milliseconds.
/// </summary>
internal static class Leftovers
{
    /// <summary>Bytes in use that a collection is worth.</summary>
    private const long WorthCollecting = 1L << 28;

    /// <summary>Collects between two steps where much is in use.</summary>
    public static void Collect()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > WorthCollecting) GC.Collect();
    }
}
