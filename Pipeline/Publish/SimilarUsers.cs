using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// Customers whose published interest vectors are nearest to one customer's, found when they are asked for: no table says who resembles whom, so who is
/// forgotten is gone from here with their vector. Memory: a portion of the file and the nearest.
/// </summary>
internal sealed class SimilarUsers(IParquetReader reader, OutputFolder output)
{
    /// <param name="version">Null is the current one.</param>
    /// <param name="count">At most, 1 up.</param>
    /// <returns>The version, and best first by cosine, ties in ordinal order of the ids.</returns>
    /// <exception cref="ConfigurationException">There is no such version, or the customer has no vector in it.</exception>
    public (string Version, IReadOnlyList<(string UserId, double Cosine)> Users) Find(string userId, string? version, int count, CancellationToken cancellation)
    {
        var table = PlaceTables.UserVectors;
        var own = output.Store.ReadPlace(table, userId, version) ?? throw new ConfigurationException(
            $"user '{userId}' has no vector in {(version is null ? "the current version" : $"version '{version}'")}: expected one whose night had "
            + "Places:UserVectors:Enabled=true and knew texts of what the user bought");
        float[] vector = Vector((string)own.Rows[0][PlaceTables.VectorColumn]);
        string folder = output.FolderOf(own.Version);
        var nearest = new SortedSet<(double Cosine, string UserId)>(Comparer<(double Cosine, string UserId)>.Create(
            (a, b) => a.Cosine != b.Cosine ? b.Cosine.CompareTo(a.Cosine) : string.CompareOrdinal(a.UserId, b.UserId)));
        foreach (var file in VersionManifest.Load(folder).Tables[table.Name].Files)
        {
            foreach (var batch in reader.Read(Path.Combine(folder, file.File), [table.Key, PlaceTables.VectorColumn], cancellation))
            {
                var (users, vectors) = (batch.Column<Utf8Column>(table.Key), batch.Column<Utf8Column>(PlaceTables.VectorColumn));
                for (int row = 0; row < batch.RowCount; row++)
                {
                    string other = Encoding.UTF8.GetString(users[row]);
                    if (other == userId) continue;
                    nearest.Add((Cosine(vector, Vector(Encoding.UTF8.GetString(vectors[row]))), other));
                    if (nearest.Count > count) nearest.Remove(nearest.Max);
                }
            }
        }
        return (own.Version, [.. nearest.Select(n => (n.UserId, n.Cosine))]);
    }

    private static float[] Vector(string json) => JsonSerializer.Deserialize<float[]>(json)!;

    /// <summary>Vectors are rounded, so their lengths count.</summary>
    private static double Cosine(float[] x, float[] y)
    {
        if (x.Length != y.Length) throw new ArgumentException($"a vector of {y.Length} numbers beside one of {x.Length}", nameof(y));
        double product = 0, ofX = 0, ofY = 0;
        for (int k = 0; k < x.Length; k++)
        {
            product += (double)x[k] * y[k];
            ofX += (double)x[k] * x[k];
            ofY += (double)y[k] * y[k];
        }
        return ofX > 0 && ofY > 0 ? Math.Min(1, product / Math.Sqrt(ofX * ofY)) : 0;
    }
}
