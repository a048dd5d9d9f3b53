using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Audience;

/// <summary>Section <c>Places:Audience:Campaigns:N</c>: items that a mailing or a banner is to be about.</summary>
internal sealed class CampaignOptions : IStageOptions
{
    /// <summary>By which <c>promotion_audience</c> has it, at most 64 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary><c>item</c>, <c>category</c>, <c>brand</c>, <c>title</c>, or a further column of the item table.</summary>
    public string Column { get; set; } = "category";

    /// <summary>Values of that column, case aside; a category has all that is below it.</summary>
    public List<string> Values { get; set; } = [];

    public void Validate(OptionsCheck check) => check
        .Require(Name.Length is > 0 and <= 64 && !Name.Any(char.IsControl), Name, "a name of 1 to 64 characters")
        .NotEmpty(Column, "item, category, brand or a further column of the item table")
        .Require(Values.Count > 0, Values.Count, "at least one value of that column", nameof(Values));
}
