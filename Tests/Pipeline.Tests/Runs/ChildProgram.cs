using System.Globalization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Forget;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Tests.Publish;
using Recsys.Batch.Pipeline.Tests.Runs.Delta;
using Recsys.Batch.Pipeline.Tests.Runs.Forget;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>What the test assembly does as a process of its own, so that a test can kill it.</summary>
internal static class ChildProgram
{
    public static int Main(string[] args)
    {
        try
        {
            return args[0] switch
            {
                "publish-until-killed" => PublishUntilKilled(new PublishOptions { Path = args[1] }, int.Parse(args[2], CultureInfo.InvariantCulture)),
                "publish-until-killed-to-postgres" => PublishUntilKilled(
                    new PublishOptions { Path = args[1], Store = OutputEngine.PostgreSql, Connection = args[3], Schema = args[4] },
                    int.Parse(args[2], CultureInfo.InvariantCulture)),
                "publish-under-lease" =>
                    PublishUnderLease(new PublishOptions { Path = args[1], Store = OutputEngine.PostgreSql, Connection = args[2], Schema = args[3] }),
                "publish-once" => PublishOnce(args[1], int.Parse(args[2], CultureInfo.InvariantCulture)),
                "night" => Night(args[1], args[2], new KillAt(args[3], args[4])),
                "delta" => Delta(args[1], args[2], new KillAt(args[3], args[4])),
                "forget" => Forget(args[1], args[2], args[3], new KillAt(args[4], args[5])),
                "worker" => Shards.ChildWorker.Run(args[1..]),
                _ => throw new ArgumentException($"unknown child command '{args[0]}'"),
            };
        }
        catch (RecsysException e)
        {
            // As the host prints a failure: the message, and the code it leaves with.
            Console.WriteLine(e.Message);
            return e.ExitCode;
        }
    }

    /// <summary>Publishes one night after the other and says so on a line each.</summary>
    private static int PublishUntilKilled(PublishOptions options, int night)
    {
        options.KeepVersions = 20;
        using var output = OutputFolder.OpenForWriting(options, new FixedTime());
        var stage = new PublishStage(output, ParquetFiles.Writer(), options);
        for (; ; night++)
        {
            stage.Run(SampleLists.Night(night, users: 2_000, size: 10, blockUsers: 128), StageContext.Quiet(1));
            Console.WriteLine(night);
        }
    }

    /// <summary>Takes the writer's lease for a moment, without a heartbeat, and publishes one night after the other for as long as it is let.</summary>
    private static int PublishUnderLease(PublishOptions options)
    {
        using var place = OutputConnection.OpenForServing(options, TimeProvider.System);
        var grant = place.Operations.TryAcquire("store", "child", TimeSpan.FromSeconds(1))!;
        try
        {
            using var output = OutputConnection.OpenForWriting(options, TimeProvider.System, grant);
            for (int night = 1; ; night++)
            {
                new PublishStage(output.Folder, ParquetFiles.Writer(), options)
                    .Run(SampleLists.Night(night, users: 2_000, size: 10, blockUsers: 128), StageContext.Quiet(1));
                Console.WriteLine(night);
            }
        }
        catch (Exception e) when (DiskFailure.Explain(e, "stage publish", options.Path) is var explained && !ReferenceEquals(explained, e))
        {
            throw explained;
        }
    }

    private static int Night(string log, string output, IRunObserver observer)
    {
        SmallNight.Run(SmallNight.Options(log, output), observer).GetAwaiter().GetResult();
        return 0;
    }

    private static int Forget(string log, string output, string userId, IRunObserver observer)
    {
        byte[] id = System.Text.Encoding.UTF8.GetBytes(userId);
        ForgetRun.RunAsync(PersonalShop.Options(log, output), [id], observer, new SteppingTime()).GetAwaiter().GetResult();
        return 0;
    }

    private static int Delta(string log, string output, IRunObserver observer)
    {
        DeltaShop.Delta(DeltaShop.Options(log, output), observer).GetAwaiter().GetResult();
        return 0;
    }

    private static int PublishOnce(string folder, int night)
    {
        try
        {
            using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = folder }, new FixedTime());
            new PublishStage(output, ParquetFiles.Writer(), new PublishOptions())
                .Run(SampleLists.Night(night, users: 20_000, size: 10, blockUsers: 1024), StageContext.Quiet(1));
            return 0;
        }
        catch (Exception e)
        {
            var explained = DiskFailure.Explain(e, "stage publish", folder);
            if (ReferenceEquals(explained, e)) throw;
            throw explained;
        }
    }
}
