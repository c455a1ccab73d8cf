# SPDX-License-Identifier: MIT
"""What is done to a checkpoint: gauges that change no output, pruning, merging, upcycling, vocabularies."""
import json

import numpy as np


def permute_units(m, rng, signs=False):
    for l in range(m.layers):
        h = m.t[m.of(l, "up")].shape[0]
        p, s = rng.permutation(h), rng.choice([-1.0, 1.0], h) if signs else np.ones(h)
        m.t[m.of(l, "gate")] = m.t[m.of(l, "gate")][p]
        m.t[m.of(l, "up")] = m.t[m.of(l, "up")][p] * s[:, None]
        m.t[m.of(l, "down")] = m.t[m.of(l, "down")][:, p] * s


def permute_heads(m, rng):
    per = m.heads // m.kv
    for l in range(m.layers):
        groups, inside = rng.permutation(m.kv), [rng.permutation(per) for _ in range(m.kv)]
        order = np.concatenate([g * per + inside[i] for i, g in enumerate(groups)])
        rows = lambda heads: (heads[:, None] * m.size + np.arange(m.size)).ravel()
        m.t[m.of(l, "q")] = m.t[m.of(l, "q")][rows(order)]
        m.t[m.of(l, "o")] = m.t[m.of(l, "o")][:, rows(order)]
        for r in "kv":
            m.t[m.of(l, r)] = m.t[m.of(l, r)][rows(groups)]


def scale_units(m, rng):
    for l in range(m.layers):
        s = np.exp(rng.normal(0, 0.8, m.t[m.of(l, "up")].shape[0]))
        m.t[m.of(l, "up")] *= s[:, None]
        m.t[m.of(l, "down")] /= s


def value_gauge(m, rng):
    """Any invertible matrix between v and o of a key/value group."""
    per = m.heads // m.kv
    for l in range(m.layers):
        v, o = m.t[m.of(l, "v")], m.t[m.of(l, "o")]
        for g in range(m.kv):
            a = np.linalg.qr(rng.normal(size=(m.size, m.size)))[0] * np.exp(rng.normal(0, 0.3, m.size))
            rows = slice(g * m.size, (g + 1) * m.size)
            v[rows] = a @ v[rows]
            for h in range(g * per, (g + 1) * per):
                cols = slice(h * m.size, (h + 1) * m.size)
                o[:, cols] = o[:, cols] @ np.linalg.inv(a)


def query_gauge(m, rng):
    """Per rotary frequency a rotation, and a scale that q and k share out; one per key/value group."""
    per, half = m.heads // m.kv, m.size // 2
    for l in range(m.layers):
        q, k = m.t[m.of(l, "q")], m.t[m.of(l, "k")]
        for g in range(m.kv):
            angle, scale = rng.uniform(0, 2 * np.pi, half), np.exp(rng.normal(0, 0.5, half))

            def turn(w, head, s):
                x, y = w[head * m.size:head * m.size + half].copy(), w[head * m.size + half:(head + 1) * m.size].copy()
                c, n = (np.cos(angle) * s)[:, None], (np.sin(angle) * s)[:, None]
                w[head * m.size:head * m.size + half] = c * x - n * y
                w[head * m.size + half:(head + 1) * m.size] = n * x + c * y

            turn(k, g, 1 / scale)
            for h in range(g * per, (g + 1) * per):
                turn(q, h, scale)


def untie(m):
    if "lm_head.weight" not in m.t:
        m.t["lm_head.weight"] = m.t["model.embed_tokens.weight"].copy()
        m.config["tie_word_embeddings"] = False


def fold(m):
    untie(m)
    for l in range(m.layers):
        for norm, names in m.readers(l):
            for name in names:
                m.t[name] = m.t[name] * m.t[norm]
            m.t[norm] = np.ones_like(m.t[norm])
    m.t["lm_head.weight"] = m.t["lm_head.weight"] * m.t["model.norm.weight"]
    m.t["model.norm.weight"] = np.ones_like(m.t["model.norm.weight"])


def turn_residual(m, r):
    """x -> x r for every residual vector; gains must be folded unless r is a permutation."""
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in m.t:
            m.t[name] = m.t[name] @ r
    for l in range(m.layers):
        for _, names in m.readers(l):
            for name in names:
                m.t[name] = m.t[name] @ r
        for name in m.writers(l):
            m.t[name] = r.T @ m.t[name]


def rotate(m, rng):
    fold(m)
    d = m.config["hidden_size"]
    turn_residual(m, np.linalg.qr(rng.normal(size=(d, d)))[0])


def permute_axes(m, rng, signs=False):
    d = m.config["hidden_size"]
    p = rng.permutation(d)
    s = rng.choice([-1.0, 1.0], d) if signs else np.ones(d)
    r = np.zeros((d, d))
    r[p, np.arange(d)] = s
    for name in list(m.t):
        if name.endswith("norm.weight"):
            m.t[name] = m.t[name][p]
    turn_residual(m, r)


def noise(m, rng, share):
    for name, w in m.t.items():
        if w.ndim == 2:
            m.t[name] = w + rng.normal(0, share * w.std(), w.shape)


def keep_layers(m, wanted):
    old = m.t
    m.t = {n: w for n, w in old.items() if ".layers." not in n}
    for new, l in enumerate(wanted):
        for name, w in old.items():
            if name.startswith(f"model.layers.{l}."):
                m.t[name.replace(f"layers.{l}.", f"layers.{new}.", 1)] = w.copy()
    m.layers = m.config["num_hidden_layers"] = len(wanted)


def keep_units(m, rng, share, in_order=True):
    for l in range(m.layers):
        h = m.t[m.of(l, "up")].shape[0]
        kept = rng.permutation(h)[:int(h * share) // 8 * 8]
        kept = np.sort(kept) if in_order else kept
        for r in ("gate", "up"):
            m.t[m.of(l, r)] = m.t[m.of(l, r)][kept]
        m.t[m.of(l, "down")] = m.t[m.of(l, "down")][:, kept]
    m.config["intermediate_size"] = len(kept)


def keep_axes(m, rng, count):
    kept = np.sort(rng.permutation(m.config["hidden_size"])[:count])
    for name, w in m.t.items():
        if w.ndim == 1:
            m.t[name] = w[kept]
        elif name.endswith(("o_proj.weight", "down_proj.weight")):
            m.t[name] = w[kept]
        else:
            m.t[name] = w[:, kept]
    m.config["hidden_size"] = count


def keep_kv_groups(m, rng, count):
    per = m.heads // m.kv
    for l in range(m.layers):
        kept = np.sort(rng.permutation(m.kv)[:count])
        rows = lambda heads: (heads[:, None] * m.size + np.arange(m.size)).ravel()
        q_heads = (kept[:, None] * per + np.arange(per)).ravel()
        m.t[m.of(l, "q")] = m.t[m.of(l, "q")][rows(q_heads)]
        m.t[m.of(l, "o")] = m.t[m.of(l, "o")][:, rows(q_heads)]
        for r in "kv":
            m.t[m.of(l, r)] = m.t[m.of(l, r)][rows(kept)]
    m.heads, m.kv = per * count, count
    m.config["num_attention_heads"], m.config["num_key_value_heads"] = m.heads, count


def low_rank(m, rng, rank, size):
    for l in range(m.layers):
        for r in ("q", "v", "up", "down"):
            w = m.t[m.of(l, r)]
            d = rng.normal(size=(w.shape[0], rank)) @ rng.normal(size=(rank, w.shape[1]))
            m.t[m.of(l, r)] = w + d * (size * np.linalg.norm(w) / np.linalg.norm(d))


def merge(m, other, weight):
    for name in m.t:
        m.t[name] = weight * m.t[name] + (1 - weight) * other.t[name]


def slerp(m, other, at):
    for name, a in m.t.items():
        b = other.t[name]
        c = np.clip((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1)
        w = np.arccos(c)
        m.t[name] = ((np.sin((1 - at) * w) * a + np.sin(at * w) * b) / np.sin(w)) if w > 1e-6 else a


def task_arithmetic(m, base, other, scale):
    """m + scale (other - base): a stranger's task vector on top."""
    for name in m.t:
        m.t[name] = m.t[name] + scale * (other.t[name] - base.t[name])


def dare(m, base, rng, drop):
    for name, w in m.t.items():
        delta = (w - base.t[name]) * (rng.uniform(size=w.shape) > drop) / (1 - drop)
        m.t[name] = base.t[name] + delta


def upcycle(m, rng, experts, fresh):
    """Mixtral layout: every expert a copy, units in an order of its own, a share of units new."""
    for l in range(m.layers):
        parts = {r: m.t.pop(m.of(l, r)) for r in ("gate", "up", "down")}
        h = parts["up"].shape[0]
        for e in range(experts):
            p, new = rng.permutation(h), rng.uniform(size=h) < fresh
            at = f"model.layers.{l}.block_sparse_moe.experts.{e}."
            for r, file in (("gate", "w1"), ("up", "w3"), ("down", "w2")):
                w = (parts[r] if r != "down" else parts[r].T)[p].copy()
                w[new] = rng.normal(0, w.std(), (new.sum(), w.shape[1]))
                m.t[at + file + ".weight"] = w if r != "down" else w.T
        m.t[f"model.layers.{l}.block_sparse_moe.gate.weight"] = rng.normal(0, 0.02, (experts, m.config["hidden_size"]))
    m.config.update(model_type="mixtral", architectures=["MixtralForCausalLM"], num_local_experts=experts,
                    num_experts_per_tok=2)


def new_embedding(m, rng):
    w = m.t["model.embed_tokens.weight"]
    m.t["model.embed_tokens.weight"] = rng.normal(0, w.std(), w.shape)


def only_embedding(m, stranger):
    for name in m.t:
        if "embed" not in name and "lm_head" not in name:
            m.t[name] = stranger.t[name].copy()


def fewer_tokens(m, folder, count):
    """Drops the last merged tokens and every merge that needs them; specials move down."""
    path = folder + "/tokenizer.json"
    tokenizer = json.load(open(path))
    model = tokenizer["model"]
    size = m.t["model.embed_tokens.weight"].shape[0]
    special = sorted(t["id"] for t in tokenizer["added_tokens"])
    plain = sorted((i, t) for t, i in model["vocab"].items() if i not in special)
    dropped = {t for _, t in plain[-count:]}
    moved = {i: n for n, i in enumerate([i for i in range(size) if i not in {i for i, t in plain if t in dropped}])}
    model["vocab"] = {t: moved[i] for t, i in model["vocab"].items() if t not in dropped}
    pair = lambda x: x.split(" ") if isinstance(x, str) else x
    model["merges"] = [x for x in model["merges"] if not ({*pair(x), "".join(pair(x))} & dropped)]
    for token in tokenizer["added_tokens"]:
        token["id"] = moved[token["id"]]
    json.dump(tokenizer, open(path, "w"))
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in m.t:
            m.t[name] = m.t[name][sorted(moved)]
    m.config["vocab_size"] = len(moved)


def more_tokens(m, folder, rng, count):
    path = folder + "/tokenizer.json"
    tokenizer = json.load(open(path))
    size = m.t["model.embed_tokens.weight"].shape[0]
    for n in range(count):
        tokenizer["added_tokens"].append({"id": size + n, "content": f"novelword{n}", "single_word": False,
                                          "lstrip": False, "rstrip": False, "normalized": False, "special": False})
    json.dump(tokenizer, open(path, "w"))
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in m.t:
            w = m.t[name]
            m.t[name] = np.vstack([w, w.mean(0) + rng.normal(0, 0.2 * w.std(), (count, w.shape[1]))])
    m.config["vocab_size"] = size + count


def fuse(m):
    """Phi-3's names: qkv_proj and gate_up_proj."""
    for l in range(m.layers):
        m.t[f"model.layers.{l}.self_attn.qkv_proj.weight"] = np.vstack([m.t.pop(m.of(l, r)) for r in "qkv"])
        m.t[f"model.layers.{l}.mlp.gate_up_proj.weight"] = np.vstack([m.t.pop(m.of(l, r)) for r in ("gate", "up")])
    m.config.update(model_type="phi3", architectures=["Phi3ForCausalLM"])


def everything(m, rng, signs):
    rotate(m, rng)
    permute_units(m, rng, signs)
    permute_heads(m, rng)
    scale_units(m, rng)
    value_gauge(m, rng)
    query_gauge(m, rng)
    noise(m, rng, 0.05)
