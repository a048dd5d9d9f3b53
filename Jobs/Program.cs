using Recsys.Batch.Jobs.Cli;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());
