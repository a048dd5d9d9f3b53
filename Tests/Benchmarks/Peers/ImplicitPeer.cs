using System.Globalization;
using Recsys.Batch.Benchmarks.TimeToQuality;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Benchmarks.Peers;

/// <summary>implicit's ALS on a split that is written for it, as <c>implicit_als.py</c> runs it.</summary>
internal sealed class ImplicitPeer : IDisposable
{
    public const string Name = "implicit";

    private readonly PythonPeer _script;
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-implicit-").FullName;

    public ImplicitPeer(string python, SparseRows train, SparseRows test)
    {
        _script = new PythonPeer(python, "implicit_als.py");
        PythonPeer.Write(train, Train);
        PythonPeer.Write(test, Test);
    }

    private string Train => Path.Combine(_folder, "train.csv");

    private string Test => Path.Combine(_folder, "test.csv");

    /// <summary>Its quality after every iteration.</summary>
    public QualityPoint[] Curve(int rank, int iterations, int threads) =>
        [.. Lines(rank, iterations, threads, "--curve").Select(line =>
        {
            double At(string name) => Value(line.Split(' '), name);
            return new QualityPoint((int)At("iteration"), At("seconds"), At("recall"), At("ndcg"));
        })];

    /// <summary>Users whose best 100 it finds a second, by the factors that so many iterations trained; the best of three.</summary>
    public double UsersPerSecond(int rank, int iterations, int threads) => Value(Lines(rank, iterations, threads)[0].Split(' '), "top-100");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<string> Lines(int rank, int iterations, int threads, params string[] more) =>
        _script.Run([Train, Test, "--ranks", $"{rank}", "--iterations", $"{iterations}", "--threads", $"{threads}", .. more]);

    private static double Value(string[] words, string name) => double.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
}
