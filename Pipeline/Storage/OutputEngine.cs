namespace Recsys.Batch.Pipeline.Storage;

/// <summary>The database that holds the output tables and the ledger.</summary>
internal enum OutputEngine
{
    /// <summary><c>recsys.db</c> in the output folder: one machine, nothing to set up.</summary>
    Sqlite,

    /// <summary>A server that several machines share; Parquet files and artifacts stay in the output folder, which they share too.</summary>
    PostgreSql,
}
