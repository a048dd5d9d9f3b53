namespace Recsys.Batch.Pipeline.Data;

/// <summary>What was found out about each text of the dictionary at hand, so that of all rows which repeat a text one is looked at.</summary>
internal sealed class PerText<T>
{
    private TextDictionary? _dictionary;
    private T[] _found = [];
    private bool[] _known = [];

    /// <summary>Turns to a dictionary; what is known of the texts of another is forgotten.</summary>
    public void Of(TextDictionary dictionary)
    {
        if (ReferenceEquals(_dictionary, dictionary)) return;
        _dictionary = dictionary;
        if (_found.Length < dictionary.Count)
        {
            _found = new T[dictionary.Count];
            _known = new bool[dictionary.Count];
        }
        else _known.AsSpan().Clear();
    }

    public bool Has(int code, out T found)
    {
        found = _found[code];
        return _known[code];
    }

    public T Keep(int code, T found)
    {
        _known[code] = true;
        return _found[code] = found;
    }
}
