"""The graph: int8-friendly token embeddings, pre-norm transformer layers, and a pooling that weighs each token by what it tells (a learned IDF)."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    def __init__(self, hidden, heads, inner):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.qkv, self.out = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        # A layer starts as the identity: training goes on from the pooled embeddings and cannot fall behind them.
        for last in (self.out, self.down):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, x, bias):
        b, t, h = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(-1, -2) / math.sqrt(h // self.heads) + bias
        x = x + self.out((torch.softmax(scores, -1) @ v).permute(0, 2, 1, 3).reshape(b, t, h))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Encoder(nn.Module):
    """input_ids and attention_mask [batch, tokens] to unit vectors [batch, hidden]."""

    def __init__(self, vocabulary, hidden=256, layers=2, heads=4, inner=768, positions=128):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, hidden)
        self.weight = nn.Embedding(vocabulary, 1)
        self.positions = nn.Parameter(torch.zeros(positions, hidden))
        self.layers = nn.ModuleList(Layer(hidden, heads, inner) for _ in range(layers))
        nn.init.normal_(self.tokens.weight, std=hidden ** -0.5)
        self.contextual, self.dropout = True, 0.1

    def forward(self, input_ids, attention_mask):
        mask = attention_mask.to(torch.float32)
        x = F.dropout(self.tokens(input_ids), self.dropout, self.training)
        weight = F.softplus(self.weight(input_ids)) * mask.unsqueeze(-1)
        if self.contextual:
            x = x + self.positions[: input_ids.shape[1]]
            bias = (1.0 - mask)[:, None, None, :] * -1e4
            for layer in self.layers:
                x = layer(x, bias)
        pooled = (x * weight).sum(1)
        return pooled / torch.sqrt((pooled * pooled).sum(1, keepdim=True) + 1e-12)
