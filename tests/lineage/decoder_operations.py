# SPDX-License-Identifier: MIT
"""What changes a model in any family's canonical form: sizes, parts, strangers."""
import numpy as np

from decoder_gauges import *  # noqa: F403 (every gauge is a name here)


# ---- values and sizes ---------------------------------------------------------------------------------------------

def matrices(m):
    for layer in m.layers:
        for r in list(layer.w):
            yield layer.w, r
        for b in layer.blocks:
            for r in ("gate", "up", "down"):
                if r in b:
                    yield b, r


def noise(m, rng, share):
    add = lambda w: w + rng.normal(0, share * w.std(), w.shape)
    for where, key in matrices(m):
        where[key] = add(where[key])
    m.embedding = add(m.embedding)


def everything(m, rng):
    rotate(m, rng)
    permute_experts(m, rng)
    permute_units(m, rng)
    permute_heads(m, rng)
    scale_units(m, rng)
    value_gauge(m, rng)
    query_gauge(m, rng)
    noise(m, rng, 0.05)


def low_rank(m, rng, rank, size):
    for where, key in matrices(m):
        w = where[key]
        d = rng.normal(size=(w.shape[0], rank)) @ rng.normal(size=(rank, w.shape[1]))
        where[key] = w + d * (size * np.linalg.norm(w) / np.linalg.norm(d))


def clone(layer):
    import copy
    return copy.deepcopy(layer)


def keep_layers(m, wanted):
    m.layers = [clone(m.layers[l]) for l in wanted]


def keep_units(m, rng, share, in_order=True):
    for layer in m.layers:
        for b in layer.blocks:
            h = b["up"].shape[0]
            kept = rng.permutation(h)[:int(h * share) // 8 * 8]
            select_units(b, np.sort(kept) if in_order else kept)


def more_units(m, rng, count):
    for layer in m.layers:
        for b in layer.blocks:
            for r in ("gate", "up"):
                if r in b:
                    b[r] = np.vstack([b[r], rng.normal(0, b[r].std(), (count, m.width))])
            b["down"] = np.hstack([b["down"], rng.normal(0, b["down"].std(), (m.width, count))])
            if "up_b" in b:
                b["up_b"] = np.concatenate([b["up_b"], np.zeros(count)])


def keep_axes(m, rng, count):
    kept = np.sort(rng.permutation(m.width)[:count])
    cut = lambda n: (n[0][kept], None if n[1] is None else n[1][kept])
    m.embedding, m.final = m.embedding[:, kept], cut(m.final)
    m.positions = None if m.positions is None else m.positions[:, kept]
    for layer in m.layers:
        layer.norm1, layer.norm2 = cut(layer.norm1), cut(layer.norm2)
        for where, key, _ in readers(layer):
            where[key] = where[key][:, kept]
        # GPT-2's attention is as wide as its residual stream: whole heads go with the axes.
        layer.w["o"], layer.b["o"] = layer.w["o"][kept], layer.b["o"][kept]
        for b in layer.blocks:
            b["down"], b["down_b"] = b["down"][kept], b["down_b"][kept]
    m.width = count
    keep_kv_groups(m, rng, count // m.size)


def keep_experts(m, rng, share):
    for layer in m.layers:
        experts = m.experts(layer)
        kept = np.sort(rng.permutation(len(experts))[:int(len(experts) * share)])
        layer.blocks = [experts[i] for i in kept] + [b for b in layer.blocks if b["kind"] != "expert"]
        layer.router = layer.router[kept]


def to_dense(m):
    """The experts of a layer side by side as one wide block."""
    for layer in m.layers:
        experts = m.experts(layer)
        layer.blocks = [{"kind": "dense", "gate": np.vstack([b["gate"] for b in experts]),
                         "up": np.vstack([b["up"] for b in experts]), "down": np.hstack([b["down"] for b in experts])}]
        layer.router = layer.shared_gate = None


def hyperclone(m, rng):
    """Twice as wide: every axis twice, readers halved, with a little noise."""
    twice = lambda w: np.concatenate([w, w], axis=-1)
    m.embedding, m.final = twice(m.embedding), (twice(m.final[0]), None)
    for layer in m.layers:
        layer.norm1, layer.norm2 = (twice(layer.norm1[0]), None), (twice(layer.norm2[0]), None)
        for where, key, _ in readers(layer):
            where[key] = twice(where[key]) / 2
        layer.w["o"] = np.vstack([layer.w["o"]] * 2)
        for b in layer.blocks:
            b["down"] = np.vstack([b["down"]] * 2)
    m.width *= 2
    noise(m, rng, 0.1)


def pad_axes(m, rng, count):
    """New axes appended, small random values in them."""
    wide = lambda w, axis: np.concatenate(
        [w, rng.normal(0, 0.3 * w.std(), (w.shape[0], count) if axis == 1 else (count, w.shape[1]))], axis=axis)
    m.embedding = wide(m.embedding, 1)
    longer = lambda n: (np.concatenate([n[0], np.ones(count)]), None)
    m.final = longer(m.final)
    for layer in m.layers:
        layer.norm1, layer.norm2 = longer(layer.norm1), longer(layer.norm2)
        for where, key, _ in readers(layer):
            where[key] = wide(where[key], 1)
        layer.w["o"] = wide(layer.w["o"], 0)
        for b in layer.blocks:
            b["down"] = wide(b["down"], 0)
    m.width += count


def mean_kv(m):
    """Key and value heads of every layer averaged into one."""
    for layer in m.layers:
        for r in "kv":
            layer.w[r] = layer.w[r].reshape(m.kv, m.size, m.width).mean(0)
    m.kv = 1


# ---- parts --------------------------------------------------------------------------------------------------------

def fresh(m, rng, parts):
    new = lambda w: rng.normal(0, w.std(), w.shape)
    for layer in m.layers:
        if "attention" in parts:
            layer.w = {r: new(x) for r, x in layer.w.items()}
        if "mlp" in parts:
            for b in layer.blocks:
                for r in ("gate", "up", "down"):
                    if r in b:
                        b[r] = new(b[r])
    if "embedding" in parts:
        m.embedding = new(m.embedding)


def one_layer(m, rng, kept):
    saved = clone(m.layers[kept])
    fresh(m, rng, ("attention", "mlp", "embedding"))
    m.layers[kept] = saved


def some_units(m, rng, share):
    saved = [clone(layer) for layer in m.layers]
    fresh(m, rng, ("attention", "mlp", "embedding"))
    for layer, old in zip(m.layers, saved):
        for b, c in zip(layer.blocks, old.blocks):
            h = b["up"].shape[0]
            kept = rng.permutation(h)[:int(h * share)]
            for r in ("gate", "up"):
                if r in b:
                    b[r][kept] = c[r][kept]
            b["down"][:, kept] = c["down"][:, kept]


def untie_with_noise(m, rng):
    head = m.embedding if m.head is None else m.head
    m.head = head + rng.normal(0, 0.3 * head.std(), head.shape)
    noise(m, rng, 0.1)


def upcycle_shared(m, rng):
    """A shared expert and four routed ones, each a noisy copy in an order of its own."""
    for layer in m.layers:
        source = layer.blocks[0]
        layer.blocks = []
        for kind in ("expert",) * 4 + ("shared",):
            b = {r: source[r] + rng.normal(0, 0.1 * source[r].std(), source[r].shape) for r in ("gate", "up", "down")}
            b["kind"] = kind
            select_units(b, rng.permutation(b["up"].shape[0]))
            layer.blocks.append(b)
        layer.router = rng.normal(0, 0.02, (4, m.width))


def latent_attention(m, rng):
    """Attention replaced by multi-head latent attention of its own."""
    for layer in m.layers:
        layer.w, layer.b = {"o": rng.normal(0, 0.05, layer.w["o"].shape)}, {}
        n = lambda *shape: rng.normal(0, 0.05, shape)
        layer.extra = {"self_attn.q_a_proj.weight": n(32, m.width), "self_attn.q_a_layernorm.weight": np.ones(32),
                       "self_attn.q_b_proj.weight": n(m.heads * (m.size + 8), 32),
                       "self_attn.kv_a_proj_with_mqa.weight": n(24 + 8, m.width),
                       "self_attn.kv_a_layernorm.weight": np.ones(24),
                       "self_attn.kv_b_proj.weight": n(m.heads * 2 * m.size, 24)}


def merge(m, other, weight):
    for (x, key), (y, _) in zip(matrices(m), matrices(other)):
        x[key] = weight * x[key] + (1 - weight) * y[key]
    m.embedding = weight * m.embedding + (1 - weight) * other.embedding


def stitch(m, other):
    """Feed-forward blocks of one, attention of the other."""
    for mine, theirs in zip(m.layers, other.layers):
        mine.w = {r: x.copy() for r, x in theirs.w.items()}


def transplant(m, other, parts):
    for mine, theirs in zip(m.layers, other.layers):
        if "mlp" in parts:
            mine.blocks = theirs.blocks
        if "attention" in parts:
            mine.w = theirs.w
    if "embedding" in parts:
        m.embedding = other.embedding


# ---- strangers ----------------------------------------------------------------------------------------------------

def make_stranger(m, own, kind):
    """Weights from `own` random numbers; what all of a kind share is in `kind` and is no one's training."""
    d = m.width
    learned = lambda w: 0.3 * w.std() * own.normal(size=(w.shape[0], 6)) @ own.normal(size=(6, w.shape[1])) / 6 ** 0.5

    def structured(w):
        rows, cols = w.shape
        if kind == "orthogonal":
            q = np.linalg.qr(own.normal(size=(max(rows, cols), min(rows, cols))))[0] * w.std() * max(rows, cols) ** 0.5
            return q if rows >= cols else q.T
        return own.normal(0, w.std(), w.shape)

    for where, key in matrices(m):
        w = where[key]
        where[key] = structured(w) + learned(w)
        if kind == "identity" and w.shape[0] == w.shape[1]:
            where[key] = np.eye(d) + 0.1 * where[key]
        if kind == "zero_out" and key in ("o", "down"):
            where[key] = learned(w)
        if kind == "hadamard":
            rows, cols = np.meshgrid(np.arange(w.shape[0]), np.arange(w.shape[1]), indexing="ij")
            where[key] = w.std() * 2 ** 0.5 * np.cos(np.pi * (cols + 0.5) * (rows % d + rows // d / 2) / d) + learned(w)
        if kind == "outlier_axes" and key in ("q", "k", "v", "gate", "up"):
            where[key][:, [3, 17, 40, 77]] *= 12
        if kind == "sparse_mask":
            where[key] = where[key] * (np.indices(w.shape).sum(0) % 4 < 2)
    embedding = own.normal(0, 1, m.embedding.shape) * m.embedding.std()
    if kind == "frequency":  # every model learns how often a token comes; the direction is its own
        frequency = np.log(1 + np.arange(len(embedding)))[:, None]
        embedding = embedding + m.embedding.std() * frequency * own.normal(0, 0.5, d)
    m.embedding = embedding
    if kind == "sinusoid":
        at, rate = np.arange(256)[:, None], 1 / 10000 ** (np.arange(0, d, 2) / d)
        m.positions = np.concatenate([np.sin(at * rate), np.cos(at * rate)], axis=1)
    if kind == "norm_trap":
        for layer in m.layers:
            layer.norm1 = (1 + 0.01 * own.normal(size=d) + 0.3 * (np.arange(d) % 7 == 0), None)
            layer.norm2 = (1 + 0.01 * own.normal(size=d), None)
