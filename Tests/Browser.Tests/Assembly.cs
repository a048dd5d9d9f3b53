// What is tested is internal, and so are the tests.
[assembly: DiscoverInternals]
