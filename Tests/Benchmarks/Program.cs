Console.WriteLine("Recsys.Batch benchmarks");
return 0;
