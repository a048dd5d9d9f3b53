"""A WordPiece vocabulary from word counts: byte-pair merges over characters, where a piece inside a word carries ##; and the greedy tokenizer that reads it."""
import collections
import heapq
import unicodedata

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def learn(word_counts, size):
    alphabet = sorted({c for w in word_counts for c in w if ord(c) < 0x250})
    pieces = SPECIAL + alphabet + ["##" + c for c in alphabet]
    known = set(pieces)
    splits, weight = [], []
    for w, n in sorted(word_counts.items()):
        if len(w) > 1 and all(ord(c) < 0x250 for c in w):
            splits.append([w[0]] + ["##" + c for c in w[1:]])
            weight.append(n)
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, s in enumerate(splits):
        for pair in zip(s, s[1:]):
            pairs[pair] += weight[i]
            where[pair].add(i)
    heap = [(-n, pair) for pair, n in pairs.items()]
    heapq.heapify(heap)
    while len(pieces) < size and heap:
        n, pair = heapq.heappop(heap)
        if pairs[pair] != -n:
            if pairs[pair] > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        if n > -2:
            break
        merged = pair[0] + pair[1][2:]
        if merged not in known:
            known.add(merged)
            pieces.append(merged)
        touched = set()
        for i in where.pop(pair):
            old = splits[i]
            new, k = [], 0
            while k < len(old):
                if k + 1 < len(old) and (old[k], old[k + 1]) == pair:
                    new.append(merged)
                    k += 2
                else:
                    new.append(old[k])
                    k += 1
            for p in zip(old, old[1:]):
                pairs[p] -= weight[i]
                touched.add(p)
            for p in zip(new, new[1:]):
                pairs[p] += weight[i]
                where[p].add(i)
                touched.add(p)
            splits[i] = new
        for p in touched:
            if pairs[p] > 0:
                heapq.heappush(heap, (-pairs[p], p))
    return pieces


class WordPiece:
    """BERT's uncased tokenization of texts in Latin script: lower case, accents stripped, punctuation apart, greedy longest match."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.ids = {p: i for i, p in enumerate(pieces)}
        self._known = {}
        self._longest = max(len(p) for p in pieces)

    def words(self, text):
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        out, word = [], []
        for c in text:
            punctuation = 33 <= ord(c) <= 47 or 58 <= ord(c) <= 64 or 91 <= ord(c) <= 96 or 123 <= ord(c) <= 126 or unicodedata.category(c).startswith("P")
            if c.isspace() or punctuation:
                if word:
                    out.append("".join(word))
                    word = []
                if punctuation:
                    out.append(c)
            elif unicodedata.category(c) not in ("Cc", "Cf") and ord(c) != 0xFFFD:
                word.append(c)
        if word:
            out.append("".join(word))
        return out

    def word(self, word):
        found = self._known.get(word)
        if found is not None:
            return found
        ids, at = [], 0
        if len(word) > 100:
            ids = [1]
            at = len(word)
        while at < len(word):
            for end in range(min(len(word), at + self._longest), at, -1):
                piece = word[at:end] if at == 0 else "##" + word[at:end]
                if piece in self.ids:
                    ids.append(self.ids[piece])
                    at = end
                    break
            else:
                ids = [1]
                break
        if len(self._known) < 400_000:
            self._known[word] = ids
        return ids

    def encode(self, text, limit):
        return self.encode_words(self.words(text), limit)

    def in_smaller_pieces(self, word, random):
        """The word cut at random where the vocabulary allows: what its pieces mean is learned too (as in BPE-dropout, Provilkov et al. 2020)."""
        ids, at = [], 0
        while at < len(word):
            ends = [end for end in range(at + 1, min(len(word), at + self._longest) + 1) if (word[at:end] if at == 0 else "##" + word[at:end]) in self.ids]
            if not ends:
                return [1]
            end = random.choice(ends[-3:])
            ids.append(self.ids[word[at:end] if at == 0 else "##" + word[at:end]])
            at = end
        return ids

    def encode_words(self, text_words, limit, random=None):
        ids = [2]
        for w in text_words:
            ids += self.in_smaller_pieces(w, random) if random and len(w) > 3 and random.random() < 0.12 else self.word(w)
            if len(ids) >= limit:
                break
        return ids[:limit - 1] + [3]
