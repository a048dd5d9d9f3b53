"""implicit's ALS on a split: seconds an iteration, users/s for exact top-100, recall@20 and NDCG@20 by LightGCN's definitions.

    python3 implicit_als.py TRAIN.csv TEST.csv [--ranks 64,128,256] [--iterations 10] [--alpha 100] [--regularization 100] [--threads 2]

The files hold one "user,item" pair of integers a line, without a header. Needs numpy, scipy and an installed implicit; give its BLAS one thread
(OPENBLAS_NUM_THREADS=1), as implicit itself asks for. Our side of the comparison: the benchmarks `train` and `retrieve-trained`.
"""
import argparse
import time

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
given = given.parse_args()

train_pairs = np.loadtxt(given.train, delimiter=",", dtype=np.int32)
test_pairs = np.loadtxt(given.test, delimiter=",", dtype=np.int32)
shape = tuple(int(max(train_pairs[:, c].max(), test_pairs[:, c].max())) + 1 for c in (0, 1))
train, test = matrix(train_pairs, shape), matrix(test_pairs, shape)
for rank in map(int, given.ranks.split(",")):
    model = AlternatingLeastSquares(factors=rank, regularization=given.regularization, alpha=given.alpha, iterations=given.iterations,
                                    use_cg=True, num_threads=given.threads, random_state=1)
    ends = []
    model.fit(train, show_progress=False, callback=lambda *_: ends.append(time.perf_counter()))
    start = time.perf_counter()
    lists, _ = model.recommend(np.arange(shape[0]), train, N=100)
    rate = shape[0] / (time.perf_counter() - start)
    recall, ndcg = quality(lists, test)
    print(f"K={rank}: median {np.median(np.diff(ends)):.3f} s/iteration, top-100 {rate:.0f} users/s, recall@20 {recall:.4f}, NDCG@20 {ndcg:.4f}", flush=True)
