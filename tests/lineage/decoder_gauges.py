# SPDX-License-Identifier: MIT
"""Forms of families, and what changes no output: permutations, rotations, scales. Needs numpy."""
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
