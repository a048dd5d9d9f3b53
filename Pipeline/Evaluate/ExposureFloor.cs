using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Section <c>Evaluate:ExposureFloors:N</c>: what a group of items must get of the lists' places, or the run stops.</summary>
internal sealed class ExposureFloor : IStageOptions
{
    /// <summary><c>popularity</c>, <c>category</c>, <c>brand</c>, or a further column of the item table.</summary>
    public string By { get; set; } = "";

    /// <summary>The group, as the report names it: of popularity <c>best sellers</c>, <c>middle</c>, <c>long tail</c> or <c>never bought</c>.</summary>
    public string Group { get; set; } = "";

    /// <summary>Least share of the places, each weighted by 1 / log2(rank + 1), 0 to 1.</summary>
    public double Share { get; set; }

    public void Validate(OptionsCheck check) => check
        .NotEmpty(By, $"{GroupFigures.Popularity}, category, brand or a further column of the item table")
        .NotEmpty(Group, "the group's name in the report")
        .InRange(Share, 0, 1);
}
