using Recsys.Batch.Jobs.Configuration;

namespace Recsys.Batch.Jobs.Tests.Docs;

/// <summary>What <c>docs/configuration.md</c> says before its first section.</summary>
internal static class ConfigurationPreface
{
    public const string Text =
        """
        <!-- Written by ConfigurationReferenceTests from the options classes and their summaries; RECSYS_WRITE_DOCS=1 writes it again. -->
        # Configuration

        Later sources win over earlier ones, key by key (lists as a whole): `appsettings.json` beside the program, the `--config` files, environment
        variables (`RECSYS_Runs__Threads=2`), `--set` (`--set Runs:Threads=2`). An unknown key, a value of another type or out of its range, or a column
        that the log lacks is an error that names the key, the value found and its source, what was expected and the nearest key that exists; all faults
        come at once and nothing runs. The configurations of the public data sets that `eval` is measured on lie in [data/configs](../data/configs), and
        [own logs](own-logs.md) shows a first one.

        | what | in a file | with `--set` | in the environment |
        | --- | --- | --- | --- |
        | a key | `{ "Runs": { "Threads": 2 } }` | `Runs:Threads=2` | `RECSYS_Runs__Threads=2` |
        | a list; `N` counts from 0 | `{ "Evaluate": { "Cutoffs": [10] } }` | `Evaluate:Cutoffs:0=10` | `RECSYS_Evaluate__Cutoffs__0=10` |
        | entries by name, `NAME` | `{ "Ingest": { "KindWeights": { "cart": 1 } } }` | `Ingest:KindWeights:cart=1` | `RECSYS_Ingest__KindWeights__cart=1` |
        | no value, where there may be none | `{ "Serve": { "ReadyWithin": null } }` | `Serve:ReadyWithin=` | `RECSYS_Serve__ReadyWithin=` |

        Names of keys and of values may be written in upper or lower case; names that one gives oneself (`NAME`) stay as they are written first. A text in
        a file that begins with `./` or `../` is a path from that file's folder; other relative paths are from the folder that the program was started in.
        A duration is `[days.]hours:minutes:seconds`, as `1.00:00:00` for a day. With `--set` and in the environment, no value of a text is the empty text.
        Null in a file takes away an entry by name that an earlier source gave. Schedules lay their `Set` over all of these.

        A default that reads none, not as code, is not a value: an empty text or list, or null.

        """;

    /// <summary>The keys that went with this version, and why.</summary>
    public static string Retired(RetiredKeys retired) => retired.Keys.Count == 0
        ? ""
        : "\n## Retired keys\n\nThese keys went with this version, which ignores them with a warning. The next version refuses them.\n\n"
            + ConfigurationReference.Row("key", "why") + ConfigurationReference.Row("---", "---")
            + string.Concat(retired.Keys.Select(k => ConfigurationReference.Row(XmlSummaries.Code(k.Key), k.Why + ".")));

    /// <summary>The keys that have another name now.</summary>
    public static string Renamed(RenamedKeys renamed) => renamed.Keys.Count == 0
        ? ""
        : "\n## Renamed keys\n\nThe old names of these keys work in this version and bring a warning. The next version refuses them.\n\n"
            + ConfigurationReference.Row("old name", "new name") + ConfigurationReference.Row("---", "---")
            + string.Concat(
                renamed.Keys.Select(k => ConfigurationReference.Row(
                    XmlSummaries.Code(k.Old.Replace("*", "N", StringComparison.Ordinal)),
                    XmlSummaries.Code(RenamedKeys.Beside(k.Old, k.Name).Replace("*", "N", StringComparison.Ordinal)))));
}
