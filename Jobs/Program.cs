using Recsys.Batch.Jobs;
using Recsys.Batch.Jobs.Cli;

OptionalTrainers.Register();
return await CommandLine.RunAsync(args, CliContext.OfProcess());
