using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>
/// Texts as dense rows: TF-IDF of words and of word pieces side by side, each with half of the weight, cut to the leading directions (latent semantic analysis,
/// Deerwester et al. 1990). Inner products of rows are cosines of the texts, as far as the directions kept hold them.
/// </summary>
internal static class LexicalFeatures
{
    // What a single text alone says teaches nothing about another.
    private const int MinTextsOfWord = 2;
    private const int MinTextsOfPiece = 3;
    private const int MaxPieces = 1 << 16;
    private const int Oversampling = 32;
    private const int Iterations = 3;

    /// <summary>items x (at most <paramref name="rank"/>); null where no two texts share a word.</summary>
    public static FactorMatrix? Of(string?[] texts, int rank, StageContext context)
    {
        var terms = Beside(
            Transform(texts, new TfIdfOptions { MinTexts = MinTextsOfWord, MaxTerms = MaxPieces }),
            Transform(texts, new TfIdfOptions { Unit = LexicalUnit.WordPieces, MinTexts = MinTextsOfPiece, MaxTerms = MaxPieces }));
        if (terms.Count == 0) return null;
        int room = Math.Min(rank, Math.Min(terms.Rows, terms.Columns));
        var directions = RandomizedSvd.Right(terms, room, Oversampling, Iterations, context).Vectors;
        var features = new FactorMatrix(terms.Rows, directions.Rank);
        SparseProduct.Multiply(terms, directions, features, context);
        return features;
    }

    private static SparseRows Transform(string?[] texts, TfIdfOptions options) => TfIdf.Fit(texts, options).Transform(texts);

    /// <summary>[a b] / sqrt(2).</summary>
    private static SparseRows Beside(SparseRows a, SparseRows b)
    {
        float half = MathF.Sqrt(0.5f);
        var pointers = new int[a.Rows + 1];
        var indices = new int[a.Count + b.Count];
        var values = new float[indices.Length];
        int at = 0;
        for (int row = 0; row < a.Rows; row++)
        {
            Append(a, row, 0);
            Append(b, row, a.Columns);
            pointers[row + 1] = at;
        }
        return new SparseRows(a.Rows, a.Columns + b.Columns, pointers, indices, values);

        void Append(SparseRows from, int row, int shift)
        {
            for (int k = from.Pointers[row]; k < from.Pointers[row + 1]; k++)
            {
                indices[at] = from.Indices[k] + shift;
                values[at++] = half * from.Values[k];
            }
        }
    }
}
