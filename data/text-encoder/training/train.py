"""Trains the encoder. See README.md beside this folder for sources, splits and what came out."""
import argparse
import collections
import json
import math
import os
import time

import numpy as np
import torch
from torch.nn import functional as F

import corpus
import measure
from model import Encoder
from views import Views
from vocabulary import WordPiece, learn


def word_counts(synsets, products, titles):
    total = collections.Counter()
    for s in synsets.values():
        if s.part == "train":
            n = 4 if s.of_things else 1
            for lemma in s.lemmas:
                for w in corpus.words(lemma):
                    total[w] += n
            for w in corpus.words(s.gloss):
                total[w] += 2 if s.of_things else 1
    for w, n in corpus.counts((p["type"], 5) for p in products).items():
        total[w] += min(n, 200)
    for w, n in corpus.counts((t, 3) for t in titles).items():
        total[w] += n
    return total


def document_frequencies(tokenizer, synsets, titles):
    texts = [", ".join(s.lemmas) + ": " + s.gloss for s in synsets.values() if s.part == "train"] + titles
    seen = np.ones(len(tokenizer.pieces))
    for t in texts:
        seen[list(set(tokenizer.encode(t, 128)))] += 1
    return len(texts), seen


def loss_of(model, left, right, groups, scale):
    a, b = model(*measure.pad(left)), model(*measure.pad(right))
    scores = scale * a @ b.T
    code = {g: i for i, g in enumerate(dict.fromkeys(groups))}
    group = torch.tensor([code[g] for g in groups])
    same = (group[:, None] == group[None, :]) & ~torch.eye(len(groups), dtype=torch.bool)
    scores = scores.masked_fill(same, -1e4)
    target = torch.arange(len(groups))
    return 0.5 * (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target))


def run(model, views, validation, tokenizer, steps, size, rates, args, tag):
    groups = [{"params": p, "peak": rate} for p, rate in rates]
    optimizer = torch.optim.Adam(groups, lr=0, betas=(0.9, 0.98))
    started, running = time.time(), collections.defaultdict(lambda: [0.0, 0])
    for step in range(steps):
        rate = min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps)) + 0.005
        for g in optimizer.param_groups:
            g["lr"] = g["peak"] * rate
        kind, left, right, keys = views.batch(size)
        loss = loss_of(model, left, right, keys, args.scale)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        running[kind][0] += loss.item()
        running[kind][1] += 1
        if (step + 1) % args.report == 0 or step + 1 == steps:
            model.eval()
            quality = validation.of(lambda t: measure.encode(model, tokenizer, t))
            model.train()
            losses = {k: round(v[0] / v[1], 3) for k, v in sorted(running.items())}
            running.clear()
            print(json.dumps({"run": tag, "step": step + 1, "s": round(time.time() - started), **quality, **losses}), flush=True)
            torch.save(model.state_dict(), os.path.join(args.out, tag + ".pt"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wordnet", default="/usr/share/wordnet")
    parser.add_argument("--products", required=True)
    parser.add_argument("--transactions", required=True)
    parser.add_argument("--duckdb", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--vocabulary", type=int, default=20480)
    parser.add_argument("--static-steps", type=int, default=3000)
    parser.add_argument("--static-batch", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--scale", type=float, default=20)
    parser.add_argument("--report", type=int, default=250)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--start", help="weights of a finished phase")
    parser.add_argument("--variants", type=float, default=0.0, help="share of batches with pairs of products of one type")
    parser.add_argument("--seed", type=int, default=20111001)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)

    synsets = corpus.wordnet(args.wordnet)
    all_products = corpus.products(args.duckdb, args.products)
    products = corpus.training_products(all_products)
    titles = corpus.titles(args.duckdb, args.transactions)
    path = os.path.join(args.out, "vocab.txt")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(learn(word_counts(synsets, products, titles), args.vocabulary)) + "\n")
    with open(path, encoding="utf-8") as file:
        tokenizer = WordPiece(file.read().split("\n")[:-1])
    validation = measure.Validation(synsets, all_products)
    views = Views(tokenizer, synsets, products, titles, args.seed, args.variants)
    model = Encoder(len(tokenizer.pieces))
    texts, seen = document_frequencies(tokenizer, synsets, titles)
    idf = torch.tensor(np.log(texts / seen) / math.log(texts), dtype=torch.float32).clamp(0.05)
    idf[:5] = 0.05
    with torch.no_grad():
        model.weight.weight.copy_(torch.log(torch.expm1(idf)).unsqueeze(1))
    if args.start:
        model.load_state_dict(torch.load(args.start))
    else:
        model.contextual = False
        run(model, views, validation, tokenizer, args.static_steps, args.static_batch,
            [([model.tokens.weight], args.rate), ([model.weight.weight], 1e-2)], args, "static")
    model.contextual, views.limit = True, 32
    run(model, views, validation, tokenizer, args.steps, args.batch,
        [([model.tokens.weight], 4e-4), ([model.weight.weight], 1e-3), ([model.positions], 5e-4), (list(model.layers.parameters()), 6e-4)], args, "final")


if __name__ == "__main__":
    main()
