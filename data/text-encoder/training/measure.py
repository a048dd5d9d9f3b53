"""The measures that choose between training runs, on the validation parts; the test parts are measured by the repository's `encoder-quality`."""
import numpy as np
import torch

import corpus


def pad(rows):
    width = max(len(r) for r in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = torch.tensor(r)
    return ids, (ids != 0).long()


def encode(model, tokenizer, texts, limit=64):
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    out = np.zeros((len(texts), model.tokens.weight.shape[1]), np.float32)
    with torch.no_grad():
        for at in range(0, len(order), 256):
            some = order[at:at + 256]
            out[some] = model(*pad([tokenizer.encode(texts[i], limit) for i in some])).numpy()
    return out


def retrieval(queries, targets):
    """Recall@1, recall@10 and mean reciprocal rank@10 of row i of `targets` for row i of `queries`."""
    scores = queries @ targets.T
    own = np.diag(scores)[:, None]
    rank = (scores > own).sum(1)
    return [float((rank < 1).mean()), float((rank < 10).mean()), float(np.where(rank < 10, 1 / (rank + 1), 0).mean())]


def agreement(rows, labels, at=10):
    total = 0.0
    labels = np.unique(labels, return_inverse=True)[1]
    for k in range(0, len(rows), 1000):
        scores = rows[k:k + 1000] @ rows.T
        scores[np.arange(scores.shape[0]), np.arange(k, k + scores.shape[0])] = -2
        best = np.argsort(-scores, axis=1, kind="stable")[:, :at]
        total += (labels[best] == labels[k:k + scores.shape[0], None]).mean(1).sum()
    return total / len(rows)


def product_texts(products, chosen, whole):
    texts = set()
    for p in products:
        if chosen(p["category"]):
            text = f"{p['brand']} {p['department']} {p['type']} {p['size']}" if whole else p["type"]
            text = corpus.without(text, p["category"])
            if text:
                texts.add((text, p["category"]))
    return sorted(texts)


class Validation:
    def __init__(self, synsets, products, part="validation"):
        held = [s for s in synsets.values() if s.part == part]
        self.gloss, self.lemma = [s.gloss for s in held], [", ".join(s.lemmas) for s in held]
        chosen = corpus.validation_category if part == "validation" else corpus.held_out_category
        self.types = product_texts(products, chosen, False)
        self.whole = product_texts(products, chosen, True)

    def of(self, vectors):
        found = retrieval(vectors(self.gloss), vectors(self.lemma))
        return {"wordnet": [round(x, 4) for x in found],
                "types": round(agreement(vectors([t for t, _ in self.types]), [c for _, c in self.types]), 4),
                "products": round(agreement(vectors([t for t, _ in self.whole]), [c for _, c in self.whole]), 4)}
