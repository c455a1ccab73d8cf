# SPDX-License-Identifier: MIT
"""What is done to a canonical decoder: gauges of every family, pruning, widening, parts exchanged, strangers."""
import numpy as np

from decoder import as_gpt2, as_llama


def default_form(m):
    return as_gpt2 if m.family == "gpt2" else as_llama


def as_deepseek(m):
    return as_llama(m, experts="deepseek")


def as_nova(m):
    """A family nobody knows: RMS norm, plain MLP, GPT-2-like names with matrices (outputs, inputs)."""
    t = {"transformer.wte.weight": m.embedding, "transformer.wpe.weight": m.positions, "transformer.ln_f.weight": m.final[0],
         "lm_head.weight": m.embedding if m.head is None else m.head}
    for l, layer in enumerate(m.layers):
        at, b = f"transformer.h.{l}.", layer.blocks[0]
        t[at + "ln_1.weight"], t[at + "ln_2.weight"] = layer.norm1[0], layer.norm2[0]
        for r in "qkv":
            t[at + f"attn.{r}_attn.weight"], t[at + f"attn.{r}_attn.bias"] = layer.w[r], layer.b[r]
        t[at + "attn.c_proj.weight"], t[at + "attn.c_proj.bias"] = layer.w["o"], layer.b["o"]
        t[at + "mlp.w1.weight"], t[at + "mlp.w1.bias"] = b["up"], b["up_b"]
        t[at + "mlp.c_proj.weight"], t[at + "mlp.c_proj.bias"] = b["down"], b["down_b"]
    return t, {"model_type": "nova", "architectures": ["NovaLMHeadModel"], "n_embd": m.width, "n_layer": len(m.layers),
               "n_head": m.heads, "n_inner": m.layers[0].blocks[0]["up"].shape[0], "vocab_size": m.embedding.shape[0],
               "tie_word_embeddings": m.head is None, "norm": "rmsnorm"}


# ---- gauges -------------------------------------------------------------------------------------------------------

def select_units(b, rows):
    for r in ("gate", "up"):
        if r in b:
            b[r] = b[r][rows]
    if "up_b" in b:
        b["up_b"] = b["up_b"][rows]
    b["down"] = b["down"][:, rows]


def permute_units(m, rng):
    for layer in m.layers:
        for b in layer.blocks:
            select_units(b, rng.permutation(b["up"].shape[0]))


def unit_signs(m, rng):
    for layer in m.layers:
        for b in layer.blocks:
            s = rng.choice([-1.0, 1.0], b["up"].shape[0])
            b["up"], b["down"] = b["up"] * s[:, None], b["down"] * s


def permute_experts(m, rng):
    for layer in m.layers:
        experts = m.experts(layer)
        order = rng.permutation(len(experts))
        layer.blocks = [experts[i] for i in order] + [b for b in layer.blocks if b["kind"] != "expert"]
        if layer.router is not None:
            layer.router = layer.router[order]


def head_rows(m, heads):
    return (np.asarray(heads)[:, None] * m.size + np.arange(m.size)).ravel()


def select_heads(m, layer, q_heads, groups):
    layer.w["q"] = layer.w["q"][head_rows(m, q_heads)]
    layer.w["o"] = layer.w["o"][:, head_rows(m, q_heads)]
    for r in "kv":
        layer.w[r] = layer.w[r][head_rows(m, groups)]
    for r, rows in (("q", q_heads), ("k", groups), ("v", groups)):
        if r in layer.b:
            layer.b[r] = layer.b[r][head_rows(m, rows)]


def permute_heads(m, rng):
    per = m.heads // m.kv
    for layer in m.layers:
        groups = rng.permutation(m.kv)
        select_heads(m, layer, np.concatenate([g * per + rng.permutation(per) for g in groups]), groups)


def keep_kv_groups(m, rng, count):
    per = m.heads // m.kv
    for layer in m.layers:
        groups = np.sort(rng.permutation(m.kv)[:count])
        select_heads(m, layer, np.concatenate([g * per + np.arange(per) for g in groups]), groups)
    m.heads, m.kv = per * count, count


def value_gauge(m, rng):
    per = m.heads // m.kv
    for layer in m.layers:
        for g in range(m.kv):
            a = np.linalg.qr(rng.normal(size=(m.size, m.size)))[0] * np.exp(rng.normal(0, 0.3, m.size))
            rows = slice(g * m.size, (g + 1) * m.size)
            layer.w["v"][rows] = a @ layer.w["v"][rows]
            if "v" in layer.b:
                layer.b["v"][rows] = a @ layer.b["v"][rows]
            for h in range(g * per, (g + 1) * per):
                cols = slice(h * m.size, (h + 1) * m.size)
                layer.w["o"][:, cols] = layer.w["o"][:, cols] @ np.linalg.inv(a)


def query_gauge(m, rng):
    per, half = m.heads // m.kv, m.size // 2
    for layer in m.layers:
        for g in range(m.kv):
            angle, scale = rng.uniform(0, 2 * np.pi, half), np.exp(rng.normal(0, 0.5, half))

            def turn(w, head, s):
                at = head * m.size
                x, y = w[at:at + half].copy(), w[at + half:at + m.size].copy()
                c, n = (np.cos(angle) * s)[:, None], (np.sin(angle) * s)[:, None]
                w[at:at + half], w[at + half:at + m.size] = c * x - n * y, n * x + c * y

            turn(layer.w["k"], g, 1 / scale)
            for h in range(g * per, (g + 1) * per):
                turn(layer.w["q"], h, scale)


def readers(layer):
    for r in "qkv":
        if r in layer.w:
            yield layer.w, r, 1
    for name in getattr(layer, "extra", {}):
        if name.endswith(("q_proj.weight", "q_a_proj.weight", "kv_a_proj_with_mqa.weight")):
            yield layer.extra, name, 1
    for b in layer.blocks:
        for r in ("gate", "up"):
            if r in b:
                yield b, r, 2


def fold(m):
    """Gains (and biases of a layer norm are left) into the matrices that read through them."""
    if m.head is None:
        m.head = m.embedding.copy()
    for layer in m.layers:
        for where, key, norm in readers(layer):
            where[key] = where[key] * (layer.norm1 if norm == 1 else layer.norm2)[0]
        if layer.router is not None:
            layer.router = layer.router * layer.norm2[0]
        if layer.shared_gate is not None:
            layer.shared_gate = layer.shared_gate * layer.norm2[0]
        layer.norm1, layer.norm2 = (np.ones(m.width), layer.norm1[1]), (np.ones(m.width), layer.norm2[1])
    m.head = m.head * m.final[0]
    m.final = (np.ones(m.width), m.final[1])


def to_rms(m):
    """LayerNorm(x) = RMSNorm(Cx): the mean is taken out of everything that writes, biases of norms into those of readers."""
    bias_of = {"q": "q", "k": "k", "v": "v"}
    for layer in m.layers:
        for where, key, norm in readers(layer):
            beta = (layer.norm1 if norm == 1 else layer.norm2)[1]
            if norm == 1:
                layer.b[bias_of[key]] = layer.b[bias_of[key]] + where[key] @ beta
            else:
                where["up_b"] = where["up_b"] + where[key] @ beta
    fold(m)
    centre = lambda x: x - x.mean(axis=-1, keepdims=True)
    m.embedding, m.positions = centre(m.embedding), centre(m.positions)
    for layer in m.layers:
        layer.w["o"], layer.b["o"] = layer.w["o"] - layer.w["o"].mean(0), centre(layer.b["o"])
        for b in layer.blocks:
            b["down"], b["down_b"] = b["down"] - b["down"].mean(0), centre(b["down_b"])
        layer.norm1, layer.norm2 = (layer.norm1[0], None), (layer.norm2[0], None)
    m.final = (m.final[0], None)


def turn_residual(m, r):
    m.embedding = m.embedding @ r
    m.positions = None if m.positions is None else m.positions @ r
    m.head = None if m.head is None else m.head @ r
    for layer in m.layers:
        for where, key, _ in readers(layer):
            where[key] = where[key] @ r
        if layer.router is not None:
            layer.router = layer.router @ r
        layer.w["o"] = r.T @ layer.w["o"]
        if "o" in layer.b:
            layer.b["o"] = layer.b["o"] @ r
        for b in layer.blocks:
            b["down"] = r.T @ b["down"]
            if "down_b" in b:
                b["down_b"] = b["down_b"] @ r


def rotate(m, rng):
    fold(m)
    turn_residual(m, np.linalg.qr(rng.normal(size=(m.width, m.width)))[0])


def permute_axes(m, rng, signs=False):
    p = rng.permutation(m.width)
    s = rng.choice([-1.0, 1.0], m.width) if signs else np.ones(m.width)
    r = np.zeros((m.width, m.width))
    r[p, np.arange(m.width)] = s
    move = lambda n: (n[0][p], None if n[1] is None else n[1][p] * s)
    for layer in m.layers:
        layer.norm1, layer.norm2 = move(layer.norm1), move(layer.norm2)
    m.final = move(m.final)
    turn_residual(m, r)


def scale_units(m, rng):
    for layer in m.layers:
        for b in layer.blocks:
            s = np.exp(rng.normal(0, 0.8, b["up"].shape[0]))
            b["up"], b["down"] = b["up"] * s[:, None], b["down"] / s


def everything(m, rng):
    rotate(m, rng)
    permute_experts(m, rng)
    permute_units(m, rng)
    permute_heads(m, rng)
    scale_units(m, rng)
    value_gauge(m, rng)
    query_gauge(m, rng)
    noise(m, rng, 0.05)


# ---- sizes --------------------------------------------------------------------------------------------------------

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
