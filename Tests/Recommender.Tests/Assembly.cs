// What is tested is internal, and so are the tests.
[assembly: DiscoverInternals]
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel, Workers = 2)]

namespace Recsys.Batch.Recommender.Tests;

[TestClass]
internal class Assembly
{
    /// <summary>As the program does before it reads its configuration.</summary>
    [AssemblyInitialize]
    public static void Register(TestContext _) => RecommenderTrainers.Register();
}
