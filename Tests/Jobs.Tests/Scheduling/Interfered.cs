using System.Reflection;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>A real ledger or engine, some of whose calls fail because a test says so.</summary>
#pragma warning disable CA1852 // The runtime derives from it.
internal class Interfered<T> : DispatchProxy where T : class
#pragma warning restore CA1852
{
    private T _real = null!;
    private Action<string> _before = null!;

    /// <param name="before">Called with the name of each method before it is; what it throws, the caller gets.</param>
    public static T Over(T real, Action<string> before)
    {
        var proxy = Create<T, Interfered<T>>();
        ((Interfered<T>)(object)proxy)._real = real;
        ((Interfered<T>)(object)proxy)._before = before;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _before(targetMethod!.Name);
        return targetMethod.Invoke(_real, BindingFlags.DoNotWrapExceptions, null, args, null);
    }
}
