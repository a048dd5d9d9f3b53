using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Own;

/// <summary>One entry of <c>Embed:Own</c>: embeddings of any modality (images, prices, a graph) that a shop made itself, in Parquet.</summary>
internal sealed class OwnOptions : IStageOptions
{
    /// <summary>What the view is called: letters, digits, <c>-</c> and <c>_</c>, at most 40; <c>text</c> is the encoder's.</summary>
    public string Name { get; set; } = "";

    /// <summary>A Parquet file, a folder of them, or a glob.</summary>
    public string Path { get; set; } = "";

    /// <summary>Column of item ids, as the logs write them: text or whole numbers.</summary>
    public string Id { get; set; } = "";

    /// <summary>Column with a list of numbers a row, of one length throughout; or name <see cref="Columns"/>.</summary>
    public string? Column { get; set; }

    /// <summary>Columns with one number each that are the vector together, in this order; or name <see cref="Column"/>.</summary>
    public IList<string> Columns { get; set; } = [];

    public void Validate(OptionsCheck check) => check
        .Require(
            Name.Length is > 0 and <= 40 && Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && Name != ItemView.Text,
            Name,
            $"a name of letters, digits, - and _ other than {ItemView.Text}")
        .NotEmpty(Path, "a Parquet file, a folder or a glob")
        .NotEmpty(Id, "the column of item ids")
        .Require(Column is { Length: > 0 } != Columns.Count > 0, Column, "a column of lists, or a group of Columns, and not both")
        .Require(Columns.Distinct(StringComparer.Ordinal).Count() == Columns.Count, string.Join(", ", Columns), "each column once", nameof(Columns));
}
