"""Diversification of candidates in numpy: users a second, for the same work as the benchmark `rerank`.

    OPENBLAS_NUM_THREADS=1 python3 rerank.py [--users 20000] [--candidates 200] [--list 20] [--dimensions 64] [--categories 30] [--processes 2]

Needs numpy. Every process works on its share of the users with one BLAS thread, which is faster here than one process with two. Each entry updates what is kept
of all candidates at once, as our own code does.
"""
import argparse
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np


def mmr(vectors, relevance, length, weight):
    left = relevance + weight
    greatest = None
    chosen = []
    alive = np.zeros(len(relevance), np.float32)
    for _ in range(length):
        best = int(np.argmax(left))
        chosen.append(best)
        alive[best] = -np.inf
        similarity = vectors @ vectors[best]
        greatest = similarity if greatest is None else np.maximum(greatest, similarity)
        left = relevance + weight * (1 - greatest) + alive
    return chosen


def calibration(category, mix, relevance, length, weight, alpha=0.01):
    counts = np.zeros(len(mix))
    alive = np.zeros(len(relevance), np.float32)
    known = mix > 0
    chosen = []
    for place in range(1, length + 1):
        base = np.zeros(len(mix))
        more = np.zeros(len(mix))
        base[known] = -mix[known] * np.log((1 - alpha) * counts[known] / place / mix[known] + alpha)
        more[known] = -mix[known] * np.log((1 - alpha) * (counts[known] + 1) / place / mix[known] + alpha)
        gain = place * (base - more)
        best = int(np.argmax(relevance + weight * gain[category] + alive))
        chosen.append(best)
        alive[best] = -np.inf
        counts[category[best]] += 1
    return chosen


def work(job):
    what, seed, users, o = job
    random = np.random.default_rng(seed)
    vectors = random.random((200, o.candidates, o.dimensions), np.float32) - 0.5
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    category = random.integers(0, o.categories, (200, o.candidates))
    mix = random.dirichlet(np.ones(o.categories) / 4, 200)
    relevance = (1 - np.arange(o.candidates) / o.candidates).astype(np.float32)
    start = time.perf_counter()
    for user in range(users):
        if what == "mmr":
            mmr(vectors[user % 200], relevance, o.list, 0.3)
        else:
            calibration(category[user % 200], mix[user % 200], relevance, o.list, 0.3)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    for name, value in (("users", 20_000), ("candidates", 200), ("list", 20), ("dimensions", 64), ("categories", 30), ("processes", 2)):
        parser.add_argument("--" + name, type=int, default=value)
    o = parser.parse_args()
    print("numpy", np.__version__)
    np.show_config()
    for what in ("mmr", "calibration"):
        with ProcessPoolExecutor(o.processes) as pool:
            seconds = max(pool.map(work, [(what, seed, o.users // o.processes, o) for seed in range(o.processes)]))
        print(f"{what:12} {o.users / seconds:12,.0f} users/s on {o.processes} processes")


if __name__ == "__main__":
    main()
