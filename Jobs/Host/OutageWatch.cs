using System.Data.Common;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Host;

/// <summary>Says once that the database is away, and once that it is back.</summary>
internal sealed partial class OutageWatch(OutageSignal signal, OutputConnection place, TimeProvider time, ILogger<OutageWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Connections that broke with the last outage are found broken for so long.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? ended = null;
        try
        {
            await foreach (string why in signal.Seen.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                var began = time.GetUtcNow();
                if (Answers())
                {
                    if (ended is null || began - ended > Aftermath) LogMoment(why);
                    continue;
                }
                LogAway(why);
                do await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
                while (!Answers());
                ended = time.GetUtcNow();
                LogBack(Format.Duration(ended.Value - began));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private bool Answers()
    {
        try
        {
            using var connection = place.Folder.Database.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1";
            return command.ExecuteScalar() is not null;
        }
        catch (Exception e) when (e is DbException or RecsysException or IOException or TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The database does not answer: {Why}. Pages and the API answer 503 until it does, runs that lose their lease stop and are retried.")]
    private partial void LogAway(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database answers again, after {Duration}.")]
    private partial void LogBack(string duration);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not answer for a moment: {Why}")]
    private partial void LogMoment(string why);
}
