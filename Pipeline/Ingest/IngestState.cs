using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>A file that was read: what it was, and which events came of it.</summary>
/// <param name="File"><c>source:path</c>, relative to the source's folder.</param>
/// <param name="FirstEvent">Its events are <c>[FirstEvent, FirstEvent + Events)</c> of the log.</param>
/// <param name="Quarantined">Rows that became no event, by <see cref="RowStatus"/>.</param>
internal sealed record KnownFile(string File, long Bytes, string Sha256, long Rows, int FirstEvent, int Events, long[] Quarantined);

/// <summary>What one night leaves for the next: ids, texts, files and events. Read from one artifact, written to another.</summary>
internal sealed class IngestState
{
    private const int Version = 1;

    public IdMap Users { get; init; } = new(1 << 16);

    public IdMap Items { get; init; } = new(1 << 14);

    public IdMap Texts { get; init; } = new(1 << 14);

    public List<KnownFile> Files { get; init; } = [];

    public EventLog Events { get; init; } = new();

    /// <summary>Hash of the options that decided what a row became when it was read.</summary>
    public string ReadOptions { get; init; } = "";

    /// <summary>Rows that were read since the last night, by runs that are none.</summary>
    public long IncrementalRows { get; set; }

    public static IngestState Read(string path)
    {
        var from = new ArtifactReader(path);
        if (!from.Has("state.version") || from.Read<int>("state.version") is not [Version])
            throw new ArtifactException(path, $"this is not an ingest state of version {Version}; start without a state, or with the program that wrote it");
        return new IngestState
        {
            Users = from.ReadIds("users"),
            Items = from.ReadIds("items"),
            Texts = from.ReadIds("texts"),
            Files = from.ReadJson<List<KnownFile>>("files"),
            ReadOptions = from.ReadJson<string>("options"),
            Events = EventLog.Read(from),
            IncrementalRows = from.Has("between") ? from.ReadJson<long>("between") : 0,
        };
    }

    /// <summary>The ids alone: what stays when everything is read again.</summary>
    public IngestState WithoutEvents(string readOptions) => new() { Users = Users, Items = Items, Texts = Texts, ReadOptions = readOptions };

    public void Write(string path)
    {
        using var to = new ArtifactWriter(path);
        to.Write("state.version", [Version]).Write("users", Users).Write("items", Items).Write("texts", Texts);
        to.WriteJson("files", Files).WriteJson("options", ReadOptions).WriteJson("between", IncrementalRows);
        Events.Write(to);
        to.Complete();
    }
}
