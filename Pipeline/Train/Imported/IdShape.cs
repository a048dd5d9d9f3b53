namespace Recsys.Batch.Pipeline.Train.Imported;

/// <summary>What an id looks like, without saying whose it is: each digit as 9, each letter as a or A.</summary>
internal static class IdShape
{
    private const int Longest = 24;

    public static string Of(string id) =>
        string.Concat(id.Take(Longest).Select(c =>
            char.IsDigit(c) ? '9'
            : char.IsUpper(c) ? 'A' : char.IsLetter(c) ? 'a' : c is '-' or '_' or '.' or ':' or '@' or '/' ? c : '?')) + (id.Length > Longest ? "…" : "");
}
