using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>
/// What was released of customers so far, <c>privacy/account.json</c> of the output folder: costs of nights add up, since most customers are in all of them.
/// Equal work gives equal noise and costs once.
/// </summary>
internal sealed class PrivacyAccount
{
    public const string File = "account.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n" };

    private readonly string _path;
    private readonly SortedDictionary<string, double> _spent;

    private PrivacyAccount(string path, SortedDictionary<string, double> spent) => (_path, _spent) = (path, spent);

    /// <summary>All of it, as rho of <see cref="Concentrated"/>.</summary>
    public double Rho => _spent.Values.Sum();

    /// <exception cref="ArtifactException">The file is corrupt.</exception>
    public static PrivacyAccount Open(string output)
    {
        string path = Path.Combine(output, SuppressionList.Folder, File);
        if (!System.IO.File.Exists(path)) return new PrivacyAccount(path, new(StringComparer.Ordinal));
        try
        {
            return new PrivacyAccount(
                path,
                JsonSerializer.Deserialize<SortedDictionary<string, double>>(System.IO.File.ReadAllText(path), Json)
                    ?? throw new ArtifactException(path, "the account of what was released is empty; put it back from a copy, or delete it and begin at 0"));
        }
        catch (JsonException e)
        {
            throw new ArtifactException(
                path, $"the account of what was released is corrupt ({e.Message}); put it back from a copy, or delete it and begin at 0", e);
        }
    }

    /// <param name="work">Identity of what is released: stage and hash of its inputs.</param>
    public void Spend(string work, double rho)
    {
        _spent[work] = rho;
        PrivateFile.Write(_path, JsonSerializer.Serialize(_spent, Json) + "\n");
    }
}
