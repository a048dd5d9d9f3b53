using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Recommender.Train;

/// <summary>A call into a native library that knows no cancellation.</summary>
internal static class NativeCall
{
    /// <summary>
    /// Runs <paramref name="call"/> on a thread of its own. When cancelled the caller goes on at once; the library cannot be told, so the thread ends its work
    /// unheard, in the background.
    /// </summary>
    /// <exception cref="RunFailedException">The library, or one that it needs, is missing.</exception>
    public static T Run<T>(Func<T> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var task = Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task.WaitAny([task], cancellation);
        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (DllNotFoundException e)
        {
            throw new RunFailedException(
                $"the native library of ML.NET's matrix factorization could not be loaded ({e.Message.ReplaceLineEndings(" ")}); "
                + $"it is part of the package Microsoft.ML.Recommender and on Linux needs libgomp (Debian: libgomp1)",
                e);
        }
    }
}
