namespace Recsys.Batch.Jobs.Configuration;

/// <summary>Sections that a command does not use, since one file may serve all commands: their keys and types are checked, their values are not.</summary>
/// <param name="Sections">An object with a property a section.</param>
internal sealed record UnusedSections(object Sections);
