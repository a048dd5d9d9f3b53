"""Makes the golden files of OnnxGoldenTests: a small BERT with random weights in PyTorch, its ONNX export, and its vectors of 1,000 texts.

    python3 make.py        (PyTorch 1.13; rewrites model/ and *.f32 beside it)
"""
import math
import pathlib
import random

import numpy as np
import torch
from torch import nn

WIDTH, HEADS, HIDDEN, LAYERS, POSITIONS = 16, 2, 32, 2, 32
WORDS = "red blue green white black mug lamp candle holder heart bag box set of with tea light cake tin vintage".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS
here = pathlib.Path(__file__).parent


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def split(self, x):
        return x.reshape(x.shape[0], x.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x, hidden):
        scores = self.split(self.q(x)) @ self.split(self.k(x)).transpose(2, 3) / math.sqrt(WIDTH // HEADS) + hidden
        mixed = (torch.softmax(scores, -1) @ self.split(self.v(x))).transpose(1, 2).reshape(x.shape)
        x = self.first(x + self.o(mixed))
        return self.second(x + self.down(nn.functional.gelu(self.up(x))))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions, self.types = nn.Embedding(len(VOCABULARY), WIDTH), nn.Embedding(POSITIONS, WIDTH), nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, input_ids, attention_mask, token_type_ids):
        places = torch.arange(input_ids.shape[1]).unsqueeze(0)
        x = self.norm(self.words(input_ids) + self.positions(places) + self.types(token_type_ids))
        hidden = (1.0 - attention_mask[:, None, None, :].float()) * -10000.0
        for layer in self.layers:
            x = layer(x, hidden)
        return x


torch.manual_seed(11)
model = Bert().eval()
rng = random.Random(12)
texts = [" ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 20))) for _ in range(1000)]

folder = here / "model"
folder.mkdir(exist_ok=True)
ids = torch.tensor([[2, 5, 6, 3], [2, 7, 8, 3]])
names = ["input_ids", "attention_mask", "token_type_ids"]
torch.onnx.export(
    model, (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(folder / "model.onnx"), input_names=names, output_names=["last_hidden_state"],
    dynamic_axes={n: {0: "batch", 1: "sequence"} for n in names + ["last_hidden_state"]}, opset_version=14)
(folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
(here / "texts.txt").write_text("\n".join(texts) + "\n")

means, firsts = [], []
with torch.no_grad():
    for text in texts:
        row = torch.tensor([[2] + [VOCABULARY.index(w) for w in text.split()] + [3]])
        tokens = model(row, torch.ones_like(row), torch.zeros_like(row))[0]
        for vectors, pooled in ((means, tokens.mean(0)), (firsts, tokens[0])):
            vectors.append((pooled / pooled.norm()).numpy())
np.stack(means).astype("<f4").tofile(here / "mean.f32")
np.stack(firsts).astype("<f4").tofile(here / "cls.f32")
