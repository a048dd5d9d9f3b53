"""implicit's ALS on a split: seconds an iteration, users/s for exact top-100, recall@20 and NDCG@20 by LightGCN's definitions.

    python3 implicit_als.py TRAIN.csv TEST.csv [--ranks 64,128,256] [--iterations 10] [--alpha 100] [--regularization 100] [--threads 2] [--curve]

--curve prints, after every iteration, the seconds of training until then (what is measured in between does not count) and the quality that they bought.

The files hold one "user,item" pair of integers a line, without a header. Needs numpy, scipy and an installed implicit; give its BLAS one thread
(OPENBLAS_NUM_THREADS=1), as implicit itself asks for. Our side of the comparison: the benchmarks `train` and `retrieve-trained`.
"""
import argparse
import time

import implicit
import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares


def matrix(pairs, shape):
    return sp.csr_matrix((np.ones(len(pairs), np.float32), (pairs[:, 0], pairs[:, 1])), shape=shape)


def quality(lists, test, k=20):
    discount = 1 / np.log2(np.arange(2, k + 2))
    recall, ndcg = [], []
    for user in range(test.shape[0]):
        wanted = test.indices[test.indptr[user]:test.indptr[user + 1]]
        if len(wanted) == 0:
            continue
        hit = np.isin(lists[user, :k], wanted)
        recall.append(hit.sum() / len(wanted))
        ndcg.append((hit * discount).sum() / discount[:min(k, len(wanted))].sum())
    return np.mean(recall), np.mean(ndcg)


given = argparse.ArgumentParser()
given.add_argument("train")
given.add_argument("test")
given.add_argument("--ranks", default="64,128,256")
given.add_argument("--iterations", type=int, default=10)
given.add_argument("--alpha", type=float, default=100)
given.add_argument("--regularization", type=float, default=100)
given.add_argument("--threads", type=int, default=2)
given.add_argument("--curve", action="store_true")
given = given.parse_args()

train_pairs = np.loadtxt(given.train, delimiter=",", dtype=np.int32)
test_pairs = np.loadtxt(given.test, delimiter=",", dtype=np.int32)
shape = tuple(int(max(train_pairs[:, c].max(), test_pairs[:, c].max())) + 1 for c in (0, 1))
train, test = matrix(train_pairs, shape), matrix(test_pairs, shape)


def curve(model, rank):
    state = {"from": time.perf_counter(), "trained": 0.0}

    def ended(iteration, *_):
        state["trained"] += time.perf_counter() - state["from"]
        lists, _ = model.recommend(np.arange(shape[0]), train, N=20)
        recall, ndcg = quality(lists, test)
        print(f"implicit {implicit.__version__} rank {rank} iteration {iteration + 1} seconds {state['trained']:.4f} recall {recall:.5f} ndcg {ndcg:.5f}", flush=True)
        state["from"] = time.perf_counter()

    model.fit(train, show_progress=False, callback=ended)


for rank in map(int, given.ranks.split(",")):
    model = AlternatingLeastSquares(factors=rank, regularization=given.regularization, alpha=given.alpha, iterations=given.iterations,
                                    use_cg=True, num_threads=given.threads, random_state=1)
    if given.curve:
        curve(model, rank)
        continue
    ends = []
    model.fit(train, show_progress=False, callback=lambda *_: ends.append(time.perf_counter()))
    rate = 0
    for _ in range(3):
        start = time.perf_counter()
        lists, _ = model.recommend(np.arange(shape[0]), train, N=100)
        rate = max(rate, shape[0] / (time.perf_counter() - start))
    recall, ndcg = quality(lists, test)
    print(f"K={rank}: median {np.median(np.diff(ends)):.3f} s/iteration, top-100 {rate:.0f} users/s, recall@20 {recall:.4f}, NDCG@20 {ndcg:.4f}", flush=True)
