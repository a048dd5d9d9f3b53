using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Lexical;

/// <summary>What TF-IDF counts.</summary>
internal enum LexicalUnit
{
    /// <summary>Runs of letters and digits.</summary>
    Words = 0,

    /// <summary>Runs of characters inside a word that has one space on either side; a word too short for a length counts once, whole.</summary>
    WordPieces = 1,
}

/// <summary>How texts become weighted terms.</summary>
internal sealed class TfIdfOptions : IStageOptions
{
    public LexicalUnit Unit { get; set; } = LexicalUnit.Words;

    /// <summary>Shortest run of characters, 1 to 10; word pieces only.</summary>
    public int MinLength { get; set; } = 3;

    /// <summary>Longest run of characters, from <see cref="MinLength"/> to 10; word pieces only.</summary>
    public int MaxLength { get; set; } = 5;

    /// <summary>Texts that a term must occur in to be counted, 1 or more.</summary>
    public int MinTexts { get; set; } = 1;

    /// <summary>Largest share of the texts that a term may occur in, above 0 and up to 1: what is everywhere tells nothing.</summary>
    public double MaxShare { get; set; } = 1;

    /// <summary>Terms kept, those of the most texts; 0 keeps all.</summary>
    public int MaxTerms { get; set; }

    public void Validate(OptionsCheck check) => check
        .Require(Enum.IsDefined(Unit), Unit, "Words or WordPieces")
        .Require(MinLength is >= 1 and <= 10, MinLength, "a whole number from 1 to 10")
        .Require(MaxLength >= MinLength && MaxLength <= 10, MaxLength, $"a whole number from MinLength ({MinLength}) to 10")
        .Require(MinTexts >= 1, MinTexts, "a whole number from 1")
        .Require(MaxShare is > 0 and <= 1, MaxShare, "a number above 0, up to 1")
        .Require(MaxTerms >= 0, MaxTerms, "a whole number from 0 (all)");
}
