using System.Data.Common;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>The database of an output place, whichever engine it is: what the ledgers, whose SQL both engines understand, need of it.</summary>
internal interface IOutputDatabase : IDisposable
{
    OutputEngine Engine { get; }

    /// <summary>Where it is, in words for people; without secrets.</summary>
    string Description { get; }

    /// <summary>Whether anything was ever made in it; making nothing.</summary>
    bool HasTables();

    /// <summary>An open connection of the caller's own.</summary>
    DbConnection Open();

    /// <summary>Begins a transaction on <paramref name="connection"/> that writes.</summary>
    /// <exception cref="Errors.RunFailedException">The writer's lease was taken over.</exception>
    IWriteTransaction Begin(DbConnection connection, FencingToken? fence = null);

    /// <summary>
    /// Brings one part of the schema up to its newest version; script i takes it from version i to i + 1, each in a transaction of its own. Safe from many
    /// processes and hosts at once.
    /// </summary>
    /// <exception cref="Errors.RunFailedException">The tables were written by a newer program.</exception>
    void Migrate(string part, IReadOnlyList<string> scripts);

    /// <summary>A value as the engine's columns hold it: a time in its own way, text that it cannot hold made such that it can, all else as it is.</summary>
    object? Value(object? value);
}

/// <summary>Rolled back where it is disposed before it was committed.</summary>
internal interface IWriteTransaction : IDisposable
{
    void Commit();
}
