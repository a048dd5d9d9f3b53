using Recsys.Batch.Pipeline.Embed.Tokenize.Models;
using Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;
using Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>What a tokenizer is made of.</summary>
/// <param name="Normalizer">Null where the text stays as it is.</param>
/// <param name="PreTokenizer">Null where the text stays in one piece.</param>
internal sealed record TokenizerParts(
    IReadOnlyList<AddedToken> Added, INormalizer? Normalizer, IPreTokenizer? PreTokenizer, ITokenModel Model, VocabularyTrie Vocabulary,
    TokenTemplate Template, int VocabularySize, int PadId);

/// <summary>
/// Added tokens are taken out of the text, what lies between them is normalized, searched once more for normalized ones, split, and looked up by the model.
/// </summary>
internal sealed class ComposedTokenizer : ITokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenFinder _plain;
    private readonly AddedTokenFinder _normalized;
    private readonly BertWords? _words;
    private Workspace? _spare;

    public ComposedTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _plain = new(parts.Added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalized = new(parts.Added.Where(t => t.Normalized).Select(t => (Normalize(t.Content), t)));
        if (parts is { Normalizer: BertNormalizer normalizer, PreTokenizer: BertPreTokenizer } && _normalized.IsEmpty) _words = new(normalizer);
    }

    public int VocabularySize => _parts.VocabularySize;

    public int PadId => _parts.PadId;

    public int Encode(ReadOnlySpan<char> text, Span<int> ids)
    {
        var (before, behind) = _parts.Template;
        if (ids.Length < before.Length + behind.Length)
            throw new ArgumentException($"room for {ids.Length} ids; the special tokens alone are {before.Length + behind.Length}", nameof(ids));
        before.CopyTo(ids);
        var tokens = new TokenIds(ids[before.Length..^behind.Length]);
        var workspace = Interlocked.Exchange(ref _spare, null) ?? new Workspace();
        EncodeText(text, workspace, ref tokens);
        _spare = workspace;
        behind.CopyTo(ids[(before.Length + tokens.Count)..]);
        return before.Length + tokens.Count + behind.Length;
    }

    public TextCoverage Cover(ReadOnlySpan<char> text, Span<int> ids)
    {
        int count = Encode(text, ids), unknown = 0, known = 0;
        foreach (int id in ids[_parts.Template.Before.Length..(count - _parts.Template.Behind.Length)])
        {
            if (id == _parts.Model.Unknown) unknown++;
            else if (_parts.Vocabulary.HasLetter(id)) known++;
        }
        return new TextCoverage(known, unknown);
    }

    private void EncodeText(ReadOnlySpan<char> text, Workspace workspace, ref TokenIds tokens)
    {
        for (int from = 0; from < text.Length && !tokens.IsFull;)
        {
            var added = _plain.Next(text, from, out int start, out int end);
            if (start > from) EncodeSection(text[from..start], from == 0, workspace, ref tokens);
            if (added is not null) tokens.Add(added.Id);
            from = end;
        }
    }

    private void EncodeSection(ReadOnlySpan<char> section, bool startOfText, Workspace workspace, ref TokenIds tokens)
    {
        if (_words is not null && _words.TryEncode(section, workspace.Word(section.Length), _parts.Model, ref tokens)) return;
        var buffer = workspace.Buffer;
        buffer.Reset(section);
        _parts.Normalizer?.Apply(buffer);
        var text = buffer.Text;
        for (int from = 0; from < text.Length && !tokens.IsFull;)
        {
            var added = _normalized.Next(text, from, out int start, out int end);
            if (start > from)
            {
                workspace.Pieces.Reset(text[from..start], startOfText && from == 0 && buffer.KeepsStart);
                EncodePieces(workspace.Pieces, ref tokens);
            }
            if (added is not null) tokens.Add(added.Id);
            from = end;
        }
    }

    private void EncodePieces(Pieces pieces, ref TokenIds tokens)
    {
        _parts.PreTokenizer?.Split(pieces);
        for (int i = 0; i < pieces.Count && !tokens.IsFull; i++) _parts.Model.Encode(pieces[i], ref tokens);
    }

    private string Normalize(string content)
    {
        var buffer = new TextBuffer();
        buffer.Reset(content);
        _parts.Normalizer?.Apply(buffer);
        return buffer.Text.ToString();
    }

    private sealed class Workspace
    {
        private char[] _word = new char[256];

        public TextBuffer Buffer { get; } = new();

        public Pieces Pieces { get; } = new();

        public Span<char> Word(int length)
        {
            if (_word.Length < length) _word = new char[length];
            return _word;
        }
    }
}
