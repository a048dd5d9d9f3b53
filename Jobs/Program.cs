Console.WriteLine("Recsys.Batch");
return 0;
