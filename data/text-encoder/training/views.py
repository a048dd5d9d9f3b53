"""Pairs of texts that mean the same, in batches of one kind each, so that negatives are of the same kind too."""
import collections
import random

from corpus import without

_VOWELS = set("aeiou")
_UNITS = {"oz", "ml", "g", "pack", "pk", "ct", "ounce", "fl", "lb", "count", "pcs"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Views:
    def __init__(self, tokenizer, synsets, products, titles, seed, variants=0.0):
        self.tokenizer, self.random, self.limit = tokenizer, random.Random(seed), 48
        self.synsets = [s for s in synsets.values() if s.part == "train"]
        self.by_key = {s.key: s for s in self.synsets}
        self.things = [s for s in self.synsets if s.of_things]
        self.children = collections.defaultdict(list)
        for s in self.synsets:
            for up in s.up:
                if up in self.by_key:
                    self.children[up].append(s)
        self.families = [(key, c) for key, c in self.children.items() if 2 <= len(c)]
        self.thing_families = [(key, c) for key, c in self.families if self.by_key[key].of_things]
        self.raised = [s for s in self.synsets if any(u in self.by_key for u in s.up)]
        self.raised_things = [s for s in self.raised if s.of_things]
        self.related = [(s, [self.by_key[k] for k in s.near if k in self.by_key]) for s in self.synsets]
        self.related = [(s, near) for s, near in self.related if near]
        self.plural_lemmas = [s for s in self.synsets if len(s.lemmas) > 1]
        self.with_examples = [s for s in self.synsets if s.examples]
        self.categories = collections.defaultdict(lambda: collections.defaultdict(list))
        for p in products:
            self.categories[p["category"]][p["type"]].append(p)
        self.category_names = sorted(c for c, types in self.categories.items() if len(types) > 1)
        self.category_odds = [min(len(self.categories[c]), 12) for c in self.category_names]
        self.titles, self.products = titles, products
        self.lemmas = [w for s in self.things for w in s.lemmas]
        self.kinds = {"gloss": 0.32, "synonym": 0.06, "related": 0.06, "above": 0.10, "sibling": 0.10, "example": 0.04,
                      "category": 0.14, "same": 0.18}
        if variants:
            self.kinds = {kind: share * (1 - variants) for kind, share in self.kinds.items()} | {"variant": variants}

    def batch(self, size, kind=None):
        """`size` pairs as (kind, left ids, right ids, groups): pairs of one group are no negatives of each other."""
        kind = kind or self.random.choices(list(self.kinds), self.kinds.values())[0]
        make = getattr(self, "_" + kind)
        left, right, groups = [], [], []
        while len(left) < size:
            a, b, group = make()
            if not a or not b:
                continue
            left.append(self.tokenizer.encode_words(a, self.limit, self.random))
            right.append(self.tokenizer.encode_words(b, self.limit, self.random))
            groups.append(group)
        return kind, left, right, groups

    def _thing(self, things, others):
        return self.random.choice(things if self.random.random() < 0.4 else others)

    def _words(self, text):
        return self.tokenizer.words(text)

    def _name(self, s):
        r = self.random.random()
        return self.random.choice(s.lemmas) if r < 0.5 else ", ".join(s.lemmas)

    def _full(self, s):
        r = self.random.random()
        if r < 0.4:
            return self._name(s)
        return self._name(s) + ": " + s.gloss if r < 0.8 else s.gloss

    def _gloss(self):
        s = self._thing(self.things, self.synsets)
        text = s.gloss
        if s.examples and self.random.random() < 0.1:
            text += "; " + self.random.choice(s.examples)
        return self.noised(self._words(text), 0.15, 0.02), self.noised(self._words(self._name(s)), 0.0, 0.03), s.key

    def _synonym(self):
        s = self.random.choice(self.plural_lemmas)
        a, b = self.random.sample(s.lemmas, 2)
        return self.noised(self._words(a), 0, 0.05), self.noised(self._words(b), 0, 0.05), s.key

    def _related(self):
        s, near = self.random.choice(self.related)
        o = self.random.choice(near)
        return self.noised(self._words(self._full(s)), 0.1, 0.03), self.noised(self._words(self._full(o)), 0.1, 0.03), s.key

    def _above(self):
        s = self._thing(self.raised_things, self.raised)
        up = s
        for _ in range(self.random.choice((1, 1, 2))):
            above = [self.by_key[u] for u in up.up if u in self.by_key]
            if not above:
                break
            up = self.random.choice(above)
        return self.noised(self._words(self._full(s)), 0.1, 0.03), self.noised(self._words(self._full(up)), 0.1, 0.03), up.key

    def _sibling(self):
        key, children = self._thing(self.thing_families, self.families)
        a, b = self.random.sample(children, 2)
        return self.noised(self._words(self._full(a)), 0.1, 0.03), self.noised(self._words(self._full(b)), 0.1, 0.03), key

    def _example(self):
        s = self.random.choice(self.with_examples)
        text = self.random.choice(s.examples)
        return self.noised(self._words(text), 0.1, 0.02), self.noised(self._words(self._full(s)), 0.1, 0.02), s.key

    def _category(self):
        name = self.random.choices(self.category_names, self.category_odds)[0]
        types = self.categories[name]
        a, b = self.random.sample(sorted(types), 2)
        left = self.noised(self._words(without(self._product(self.random.choice(types[a])), name)), 0.1, 0.05)
        if self.random.random() < 0.15:
            return left, self._words(name), name
        return left, self.noised(self._words(without(self._product(self.random.choice(types[b])), name)), 0.1, 0.05), name

    def _variant(self):
        """Two products of one type: brand and size tell less than what a thing is."""
        name = self.random.choices(self.category_names, self.category_odds)[0]
        some = [p for p in self.categories[name].values() if len(p) > 1]
        if not some:
            return None, None, name
        a, b = (f"{p['brand']} {p['department']} {p['type']} {p['size']}" for p in self.random.sample(self.random.choice(some), 2))
        return self.noised(self._words(without(a, name)), 0.1, 0.03), self.noised(self._words(without(b, name)), 0.1, 0.03), name

    def _product(self, p):
        fields = [p["type"]]
        whole = self.random.random() < 0.5
        if whole or self.random.random() < 0.3:
            fields = [p["department"]] + fields
        if whole or self.random.random() < 0.3:
            fields.append(p["size"])
        if whole or self.random.random() < 0.3:
            fields = [p["brand"]] + fields
        return " ".join(fields)

    def _same(self):
        """Two noisy readings of one title: exact words go on counting, and misspelt and shortened ones come near them."""
        r = self.random.random()
        if r < 0.25:
            words = self._words(self.random.choice(self.titles))
        elif r < 0.4:
            p = self.random.choice(self.products)
            words = self._words(f"{p['type']} {p['size']}")
        elif r < 0.5:
            words = self._words(self.random.choice(self.synsets).gloss)
        else:
            words = []
            if self.random.random() < 0.7:
                words += self._brand()
            for _ in range(self.random.randint(1, 4)):
                words += self._words(self.random.choice(self.lemmas))
            if self.random.random() < 0.5:
                words += [str(self.random.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 24, 30, 50, 100, 250, 500))),
                          self.random.choice(("oz", "ml", "g", "pack", "ct", "ounce", "fl", "lb", "count", "pcs"))]
        return self.noised(self._fewer_numbers(words), 0.3, 0.12), self.noised(self._fewer_numbers(words), 0.3, 0.12), " ".join(words)

    def _fewer_numbers(self, words):
        """Amounts tell less of a product than its name."""
        if self.random.random() < 0.5:
            words = [w for w in words if not w[0].isdigit() and w not in _UNITS] or words
        return words

    def _brand(self):
        """A name nobody has heard of, from pieces of the vocabulary."""
        pieces = self.tokenizer.pieces
        out = []
        for _ in range(self.random.randint(1, 2)):
            text = ""
            for _ in range(self.random.randint(1, 3)):
                text += pieces[self.random.randrange(5, len(pieces))].removeprefix("##")
            out.append(text[:14])
        return out

    def noised(self, words, drop, change):
        if drop:
            kept = [w for w in words if self.random.random() >= drop]
            words = kept or words
        if change:
            words = [self._changed(w) if self.random.random() < change else w for w in words]
        if drop and len(words) > 1 and self.random.random() < 0.3:
            if self.random.random() < 0.5:
                k = self.random.randrange(1, len(words))
                words = words[k:] + words[:k]
            else:
                words = words[:]
                k = self.random.randrange(1, len(words))
                words[k - 1], words[k] = words[k], words[k - 1]
        return words

    def _changed(self, w):
        if len(w) < 4 or not w.isalpha():
            return w
        r, at = self.random.random(), self.random.randrange(1, len(w) - 1)
        if r < 0.25:
            return w[0] + "".join(c for c in w[1:] if c not in _VOWELS)
        if r < 0.45:
            return w[: self.random.randint(3, max(3, len(w) - 2))]
        if r < 0.6:
            return w[:-1] if w.endswith("s") else w + "s"
        if r < 0.7:
            return w[:at] + w[at + 1:]
        if r < 0.8:
            return w[:at] + w[at + 1] + w[at] + w[at + 2:]
        if r < 0.9:
            return w[:at] + self.random.choice(_LETTERS) + w[at + 1:]
        return w[:at] + w[at] + w[at:]
