"""Writes the shipped folder: the graph with int8 token rows and float16 matrices (cast to float32 as it runs), its configuration, held-out sets and golden vectors."""
import argparse
import json
import math
import os
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import corpus
import measure
from model import Encoder
from vocabulary import WordPiece


class Shipped(nn.Module):
    """The same arithmetic as `Encoder` in float32, over weights as small as they are stored."""

    def __init__(self, model):
        super().__init__()
        table = model.tokens.weight.detach()
        scale = table.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("tokens", torch.round(table / scale).to(torch.int8))
        self.register_buffer("scale", scale)
        self.register_buffer("weight", F.softplus(model.weight.weight.detach()))
        self.register_buffer("positions", model.positions.detach().half())
        self.count, self.heads = len(model.layers), model.layers[0].heads
        for i, layer in enumerate(model.layers):
            for name in ("qkv", "out", "up", "down"):
                linear = getattr(layer, name)
                self.register_buffer(f"{name}{i}", linear.weight.detach().t().contiguous().half())
                self.register_buffer(f"{name}_bias{i}", linear.bias.detach().clone())
            for name in ("norm1", "norm2"):
                setattr(self, f"{name}_{i}", getattr(layer, name))

    def _linear(self, x, name, i):
        return x @ getattr(self, f"{name}{i}").float() + getattr(self, f"{name}_bias{i}")

    def forward(self, input_ids, attention_mask):
        mask = attention_mask.to(torch.float32)
        x = F.embedding(input_ids, self.tokens).float() * F.embedding(input_ids, self.scale)
        weight = F.embedding(input_ids, self.weight) * mask.unsqueeze(-1)
        b, t, h = x.shape
        x = x + self.positions[:t].float()
        bias = (1.0 - mask)[:, None, None, :] * -1e4
        for i in range(self.count):
            q, k, v = self._linear(getattr(self, f"norm1_{i}")(x), "qkv", i).view(b, t, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
            scores = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(h // self.heads) + bias, -1)
            x = x + self._linear((scores @ v).permute(0, 2, 1, 3).reshape(b, t, h), "out", i)
            x = x + self._linear(F.gelu(self._linear(getattr(self, f"norm2_{i}")(x), "up", i)), "down", i)
        pooled = (x * weight).sum(1)
        return pooled / torch.sqrt((pooled * pooled).sum(1, keepdim=True) + 1e-12)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", required=True)
    parser.add_argument("--vocabulary", required=True)
    parser.add_argument("--wordnet", default="/usr/share/wordnet")
    parser.add_argument("--products", required=True)
    parser.add_argument("--transactions", required=True)
    parser.add_argument("--duckdb", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--length", type=int, default=64)
    args = parser.parse_args()

    with open(args.vocabulary, encoding="utf-8") as file:
        tokenizer = WordPiece(file.read().split("\n")[:-1])
    state = torch.load(args.weights)
    layers = len({k.split(".")[1] for k in state if k.startswith("layers.")})
    model = Encoder(len(tokenizer.pieces), layers=layers)
    model.load_state_dict(state)
    shipped = Shipped(model.eval()).eval()

    folder = args.out
    write(os.path.join(folder, "vocab.txt"), "\n".join(tokenizer.pieces) + "\n")
    hidden = model.tokens.weight.shape[1]
    write(os.path.join(folder, "config.json"), json.dumps({
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": len(tokenizer.pieces), "hidden_size": hidden, "num_hidden_layers": layers,
        "num_attention_heads": model.layers[0].heads, "intermediate_size": model.layers[0].up.out_features,
        "max_position_embeddings": model.positions.shape[0], "pad_token_id": 0}, indent=2) + "\n")
    write(os.path.join(folder, "tokenizer_config.json"), json.dumps({
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "strip_accents": None, "tokenize_chinese_chars": True, "model_max_length": args.length,
        "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}, indent=2) + "\n")
    write(os.path.join(folder, "sentence_bert_config.json"), json.dumps({"max_seq_length": args.length, "do_lower_case": False}, indent=2) + "\n")
    ids, mask = measure.pad([tokenizer.encode("red heart mug", args.length), tokenizer.encode("frozen pizza 12 oz", args.length)])
    torch.onnx.export(
        shipped, (ids, mask), os.path.join(folder, "model.onnx"), opset_version=15, do_constant_folding=False,
        input_names=["input_ids", "attention_mask"], output_names=["sentence_embedding"],
        dynamic_axes={"input_ids": {0: "batch", 1: "tokens"}, "attention_mask": {0: "batch", 1: "tokens"}, "sentence_embedding": {0: "batch"}})

    synsets = corpus.wordnet(args.wordnet)
    products = corpus.products(args.duckdb, args.products)
    titles = corpus.titles(args.duckdb, args.transactions)
    held = [s for s in synsets.values() if s.part == "test"]
    write(os.path.join(args.out, "held-out", "wordnet.tsv"), "".join(f"{s.gloss}\t{', '.join(s.lemmas)}\n" for s in held))
    write(os.path.join(args.out, "held-out", "categories.txt"), "".join(c + "\n" for c in sorted({p["category"] for p in products if corpus.held_out_category(p["category"])})))

    chooser = random.Random(7)
    texts = chooser.sample(titles, 400)
    texts += chooser.sample(sorted({f"{p['brand']} {p['department']} {p['type']} {p['size']}".strip() for p in products if p["type"]}), 350)
    texts += chooser.sample([s.gloss for s in held], 250)
    vectors = np.zeros((len(texts), hidden), "<f4")
    with torch.no_grad():
        for i, text in enumerate(texts):
            vectors[i] = shipped(*measure.pad([tokenizer.encode(text, args.length)])).numpy()
    write(os.path.join(args.out, "golden", "texts.txt"), "".join(t + "\n" for t in texts))
    vectors.tofile(os.path.join(args.out, "golden", "vectors.f32"))
    for name, part in (("float32", model), ("shipped", None)):
        encoder = part or _Named(shipped, hidden)
        quality = measure.Validation(synsets, products).of(lambda t: measure.encode(encoder, tokenizer, t, args.length))
        print(json.dumps({name: quality, "bytes": sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder) if os.path.isfile(os.path.join(folder, f)))}), flush=True)


class _Named:
    """What `measure.encode` asks of a model."""

    def __init__(self, module, hidden):
        self.module, self.tokens = module, type("Tokens", (), {"weight": torch.empty(1, hidden)})

    def __call__(self, ids, mask):
        return self.module(ids, mask)


if __name__ == "__main__":
    main()
