using System.Globalization;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// What an answer of a version is equal by. Lists of a version never change, but titles, categories and prices are of the last run, whatever version is
/// current.
/// </summary>
/// <param name="TitleChanges">How often they changed since the version became current for the first time.</param>
internal sealed record VersionTag(string Version, long TitleChanges)
{
    /// <summary>What stands between the two; no version's name has it.</summary>
    public const char Separator = '+';

    public override string ToString() =>
        TitleChanges == 0 ? Version : string.Create(CultureInfo.InvariantCulture, $"{Version}{Separator}{TitleChanges}");
}
