[assembly: Parallelize(Scope = ExecutionScope.MethodLevel, Workers = 2)]

namespace Recsys.Batch.Recommender.Tests;

[TestClass]
public class Assembly
{
    /// <summary>As the program does before it reads its configuration.</summary>
    [AssemblyInitialize]
    public static void Register(TestContext _) => RecommenderTrainers.Register();
}
