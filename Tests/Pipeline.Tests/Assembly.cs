// What is tested is internal, and so are the tests.
[assembly: DiscoverInternals]
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel, Workers = 2)]
