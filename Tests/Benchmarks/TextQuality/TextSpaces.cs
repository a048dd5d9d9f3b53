using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.TextQuality;

/// <summary>The same queries and targets under every method that is compared.</summary>
internal static class TextSpaces
{
    public const string Words = "TF-IDF, words";
    public const string Pieces = "TF-IDF, 3 to 5 characters";
    public const string Encoder = "encoder";

    /// <param name="targets">Null where the queries are each other's targets.</param>
    public static IEnumerable<(string Name, ITextSpace Space)> Of(string[] queries, string[]? targets, ITextEncoder encoder, StageContext context)
    {
        var words = Lexical(queries, targets, LexicalUnit.Words);
        yield return (Words, words);
        var pieces = Lexical(queries, targets, LexicalUnit.WordPieces);
        yield return (Pieces, pieces);
        var encodedQueries = encoder.Encode(queries, context);
        var dense = new DenseSpace(encodedQueries, targets is null ? encodedQueries : encoder.Encode(targets, context));
        yield return (Encoder, dense);
        yield return ($"{Encoder} + {Words}", new ConcatenatedSpace(dense, words));
        yield return ($"{Encoder} + {Pieces}", new ConcatenatedSpace(dense, pieces));
    }

    private static SparseSpace Lexical(string[] queries, string[]? targets, LexicalUnit unit)
    {
        var model = TfIdf.Fit([.. queries, .. targets ?? []], new TfIdfOptions { Unit = unit });
        var rows = model.Transform(queries);
        return new SparseSpace(rows, targets is null ? rows : model.Transform(targets));
    }
}
