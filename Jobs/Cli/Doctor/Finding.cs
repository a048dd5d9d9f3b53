namespace Recsys.Batch.Jobs.Cli.Doctor;

internal enum FindingState
{
    Fine,

    /// <summary>Not there, and not needed.</summary>
    Absent,

    /// <summary>It works, and the next version will not take it.</summary>
    Outdated,

    /// <summary>Part of the machine or the installation does not work.</summary>
    Broken,

    /// <summary>Configuration cannot be used.</summary>
    Misconfigured,
}

/// <summary>One thing that <c>doctor</c> looked at.</summary>
internal sealed record Finding(string Area, string Name, FindingState State, string Value);
