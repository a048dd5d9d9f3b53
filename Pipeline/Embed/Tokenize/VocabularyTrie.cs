using System.Text;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>
/// Strings and their ids, walked a UTF-16 unit at a time. Edges lie in one open-addressed table, each in 64 bits: parent (24), unit (16), child + 1 (24).
/// </summary>
internal sealed class VocabularyTrie
{
    public const int Root = 0, None = -1;
    private const int MaxNodes = (1 << 24) - 2;

    private ulong[] _edges = new ulong[1 << 10];
    private int[] _ids = new int[1 << 9];
    private ulong[] _letters = [];
    private int _nodes = 1;

    public VocabularyTrie() => _ids.AsSpan().Fill(None);

    /// <summary>The node behind an edge; <see cref="None"/> where there is none.</summary>
    public int Step(int node, char unit)
    {
        ulong key = (ulong)node << 40 | (ulong)unit << 24;
        var edges = _edges;
        int mask = edges.Length - 1;
        for (int slot = Slot(key, mask); ; slot = slot + 1 & mask)
        {
            ulong edge = edges[slot];
            if (edge == 0) return None;
            if ((edge ^ key) < 1 << 24) return (int)(edge & 0xFF_FFFF) - 1;
        }
    }

    /// <summary>The id of the string that ends at <paramref name="node"/>; <see cref="None"/> where none does.</summary>
    public int IdAt(int node) => _ids[node];

    /// <summary>The node that <paramref name="text"/> leads to from the root; <see cref="None"/> where nothing starts with it.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        int node = Root;
        foreach (char c in text)
            if ((node = Step(node, c)) == None) break;
        return node;
    }

    /// <summary>The id of <paramref name="text"/> itself; <see cref="None"/> where it is not there.</summary>
    public int IdOf(ReadOnlySpan<char> text) => Find(text) is int node && node != None ? _ids[node] : None;

    /// <returns>False where the string was there already; its first id stays.</returns>
    public bool Add(ReadOnlySpan<char> text, int id)
    {
        int node = Way(text);
        if (_ids[node] != None) return false;
        _ids[node] = id;
        NoteLetter(text, id);
        return true;
    }

    /// <summary>Adds a string, or gives it another id.</summary>
    public void Set(ReadOnlySpan<char> text, int id)
    {
        int node = Way(text);
        _ids[node] = id;
        NoteLetter(text, id);
    }

    /// <summary>Whether the string of an id has a letter, and so may be a word or a part of one.</summary>
    public bool HasLetter(int id) => id >> 6 < _letters.Length && (_letters[id >> 6] >> id & 1) != 0;

    private void NoteLetter(ReadOnlySpan<char> text, int id)
    {
        bool found = false;
        foreach (var rune in text.EnumerateRunes()) found |= Rune.IsLetter(rune);
        if (!found) return;
        if (id >> 6 >= _letters.Length) Array.Resize(ref _letters, Math.Max(id / 64 + 1, _letters.Length * 2));
        _letters[id >> 6] |= 1UL << id;
    }

    private int Way(ReadOnlySpan<char> text)
    {
        int node = Root;
        foreach (char c in text) node = Step(node, c) is int next && next != None ? next : Grow(node, c);
        return node;
    }

    private int Grow(int parent, char unit)
    {
        if (_nodes == MaxNodes) throw new ArgumentException("a vocabulary of more than 16,777,214 prefixes");
        if (_nodes == _ids.Length)
        {
            Array.Resize(ref _ids, _ids.Length * 2);
            _ids.AsSpan(_nodes).Fill(None);
        }
        if (_nodes * 2 >= _edges.Length)
        {
            var old = _edges;
            _edges = new ulong[old.Length * 2];
            foreach (ulong edge in old)
                if (edge != 0) Insert(edge);
        }
        int child = _nodes++;
        Insert((ulong)parent << 40 | (ulong)unit << 24 | (uint)child + 1);
        return child;
    }

    private void Insert(ulong edge)
    {
        int mask = _edges.Length - 1;
        int slot = Slot(edge & ~0xFF_FFFFUL, mask);
        while (_edges[slot] != 0) slot = slot + 1 & mask;
        _edges[slot] = edge;
    }

    private static int Slot(ulong key, int mask) => (int)(key * 0x9E37_79B9_7F4A_7C15 >> 32) & mask;
}
