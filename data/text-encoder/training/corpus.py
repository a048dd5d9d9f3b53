"""What the encoder may read: WordNet without its held-out synsets, grocery products without the held-out categories, gift-shop titles from before 2011-10-01."""
import collections
import re
import zlib

import parquet_text

_LEX_OF_THINGS = {6, 13, 8, 20, 27, 5}  # artifact, food, body, plant, substance, animal: what shops sell


def fold(text):
    """0..99 from the text's CRC-32: which side of a split it falls on."""
    return zlib.crc32(text.encode()) % 100


class Synset:
    __slots__ = ("key", "lex", "lemmas", "gloss", "examples", "up", "near", "part")

    def __init__(self, key, lex, lemmas, gloss, examples, up, near, part):
        self.key, self.lex, self.lemmas, self.gloss, self.examples = key, lex, lemmas, gloss, examples
        self.up, self.near, self.part = up, near, part

    @property
    def of_things(self):
        return self.lex in _LEX_OF_THINGS


def wordnet(folder):
    """Every synset in file order. `part` is test for 5 in 100, validation for 2 in 100, else train, by the CRC-32 of its key."""
    found = {}
    for pos, name in (("n", "noun"), ("v", "verb"), ("a", "adj"), ("r", "adv")):
        with open(f"{folder}/data.{name}", encoding="latin-1") as file:
            for line in file:
                if line.startswith("  "):
                    continue
                data, text = line.split(" | ", 1)
                field = data.split(" ")
                words = int(field[3], 16)
                lemmas = []
                for w in range(words):
                    lemma = re.sub(r"\((a|p|ip)\)$", "", field[4 + 2 * w]).replace("_", " ")
                    if lemma not in lemmas:
                        lemmas.append(lemma)
                at = 4 + 2 * words
                up, near = [], []
                for p in range(int(field[at])):
                    symbol, offset, target = field[at + 1 + 4 * p], field[at + 2 + 4 * p], field[at + 3 + 4 * p]
                    key = ("a" if target == "s" else target) + offset
                    if symbol in ("@", "@i"):
                        up.append(key)
                    elif symbol in ("&", "+", "%p", "#p", "%s", "#s", "\\", "^", "=", "*", ">", "$"):
                        near.append(key)
                examples = re.findall(r'"([^"]+)"', text)
                gloss = re.sub(r'[;:]?\s*"[^"]*"?', "", text).strip(" ;\n")
                key = pos + field[0]
                side = fold(key)
                part = "test" if side < 5 else "validation" if side < 7 else "train"
                found[key] = Synset(key, int(field[1]), lemmas, gloss, examples, up, near, part)
    return found


def held_out_category(category):
    """Half of the grocer's categories are measured on; no product of theirs is read."""
    return fold("category:" + category) < 50


def validation_category(category):
    """One in five of the other half chooses between training runs."""
    return 50 <= fold("category:" + category) < 60


def products(library, path):
    """The grocer's products as dicts: department, brand, category, type, size."""
    query = f"SELECT department, brand, product_category, product_type, package_size FROM '{path}' ORDER BY product_id"
    return [{"department": r["department"], "brand": r["brand"], "category": r["product_category"], "type": r["product_type"],
             "size": r["package_size"]} for r in parquet_text.rows(library, query) if r["product_category"]]


def training_products(all_products):
    """Distinct products of training categories whose type occurs in no category of another part."""
    other = {p["type"] for p in all_products if held_out_category(p["category"]) or validation_category(p["category"])}
    seen, kept = set(), []
    for p in all_products:
        key = tuple(p.values())
        if key in seen or held_out_category(p["category"]) or validation_category(p["category"]) or (p["type"] and p["type"] in other):
            continue
        seen.add(key)
        kept.append(p)
    return kept


def titles(library, path):
    """The gift shop's descriptions as they were before the day from which it is tested; notes of the stock keepers (lower case) are no titles."""
    query = (f"SELECT description, count(*) AS n FROM '{path}' WHERE invoice_date < '2011-10-01' AND description IS NOT NULL "
             "GROUP BY description HAVING count(*) >= 2 ORDER BY description")
    return [r["description"].strip() for r in parquet_text.rows(library, query) if not re.search("[a-z]{4}", r["description"])]


def label_words(label):
    """The label's words with and without a plural ending."""
    words = set()
    for w in re.findall(r"[a-z0-9]+", label.lower()):
        words |= {w, w + "s", w + "es"}
        if w.endswith("s"):
            words.add(w[:-1])
        if w.endswith("es"):
            words.add(w[:-2])
    return words


def without(text, label):
    """`text` without the words of `label`."""
    banned = label_words(label)
    return " ".join(w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in banned)


def words(text):
    return re.findall(r"[a-z0-9]+|[^\sa-z0-9]", text.lower())


def counts(texts):
    total = collections.Counter()
    for text, weight in texts:
        for w in words(text):
            total[w] += weight
    return total
