using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>
/// One place of a shop beside "for you": what it needs, and the rows of its table. A place is one file or folder here, one line in
/// <see cref="PlaceCatalog"/> and its columns in <see cref="PlaceTables"/>; everything else reads from there.
/// </summary>
internal interface IPlace
{
    PlaceTable Table { get; }

    /// <summary>
    /// What log, catalog or options lack for it, in words; null where it can be made. A place that lacks something has no rows in that version.
    /// </summary>
    string? Lacks(PlaceInputs inputs);

    /// <summary>Adds the rows, in ordinal order of the key.</summary>
    /// <returns>What is worth saying of them beside their number, in words; null where nothing is.</returns>
    string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context);
}
