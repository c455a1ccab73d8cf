# SPDX-License-Identifier: MIT
"""A decoder in one canonical form, whatever family it was stored as: read from the zoo, written under the names of
several families. Matrices are (outputs, inputs); norms may carry biases. Needs numpy."""
import json
import struct

import numpy as np

from checkpoint import load, stored

BASE = {"q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj", "o": "self_attn.o_proj"}


class Layer:
    """norm1, norm2: (gain, bias or None); q k v o and their biases; blocks: dicts of gate up down."""

    def __init__(self):
        self.norm1 = self.norm2 = None
        self.w, self.b, self.blocks, self.router, self.shared_gate = {}, {}, [], None, None


class Decoder:
    def __init__(self, zoo, name):
        self.folder = f"{zoo}/{name}"
        self.config = json.load(open(self.folder + "/config.json"))
        t, c = load(self.folder), self.config
        self.family = c["model_type"]
        if self.family == "gpt2":
            self.read_gpt2(t, c)
        else:
            self.read_llama(t, c)

    def read_gpt2(self, t, c):
        self.heads = self.kv = c["n_head"]
        self.width, self.size = c["n_embd"], c["n_embd"] // c["n_head"]
        p = "transformer."
        self.embedding, self.positions, self.head = t[p + "wte.weight"], t[p + "wpe.weight"], None
        self.final = (t[p + "ln_f.weight"], t[p + "ln_f.bias"])
        self.layers = []
        for l in range(c["n_layer"]):
            at, layer = f"{p}h.{l}.", Layer()
            layer.norm1 = (t[at + "ln_1.weight"], t[at + "ln_1.bias"])
            layer.norm2 = (t[at + "ln_2.weight"], t[at + "ln_2.bias"])
            qkv, bias = t[at + "attn.c_attn.weight"].T, t[at + "attn.c_attn.bias"]
            for i, r in enumerate("qkv"):
                rows = slice(i * self.width, (i + 1) * self.width)
                layer.w[r], layer.b[r] = qkv[rows].copy(), bias[rows].copy()
            layer.w["o"], layer.b["o"] = t[at + "attn.c_proj.weight"].T.copy(), t[at + "attn.c_proj.bias"]
            layer.blocks.append({"kind": "dense", "up": t[at + "mlp.c_fc.weight"].T.copy(), "up_b": t[at + "mlp.c_fc.bias"],
                                 "down": t[at + "mlp.c_proj.weight"].T.copy(), "down_b": t[at + "mlp.c_proj.bias"]})
            self.layers.append(layer)

    def read_llama(self, t, c):
        self.heads, self.kv, self.size = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        self.width, self.positions = c["hidden_size"], None
        self.embedding, self.head = t["model.embed_tokens.weight"], t.get("lm_head.weight")
        self.final = (t["model.norm.weight"], None)
        self.layers = []
        for l in range(c["num_hidden_layers"]):
            at, layer = f"model.layers.{l}.", Layer()
            layer.norm1 = (t[at + "input_layernorm.weight"], None)
            layer.norm2 = (t[at + "post_attention_layernorm.weight"], None)
            for r, name in BASE.items():
                layer.w[r] = t[at + name + ".weight"]
                if at + name + ".bias" in t:
                    layer.b[r] = t[at + name + ".bias"]
            if at + "mlp.gate_proj.weight" in t:
                layer.blocks.append(self.block(t, at + "mlp.", "gate_proj", "up_proj", "down_proj", "dense"))
            for e in range(c.get("num_local_experts", 0)):
                layer.blocks.append(self.block(t, at + f"block_sparse_moe.experts.{e}.", "w1", "w3", "w2", "expert"))
            for e in range(c.get("num_experts", 0)):
                layer.blocks.append(self.block(t, at + f"mlp.experts.{e}.", "gate_proj", "up_proj", "down_proj", "expert"))
            if at + "mlp.shared_expert.up_proj.weight" in t:
                layer.blocks.append(self.block(t, at + "mlp.shared_expert.", "gate_proj", "up_proj", "down_proj", "shared"))
                layer.shared_gate = t[at + "mlp.shared_expert_gate.weight"]
            layer.router = t.get(at + "block_sparse_moe.gate.weight", t.get(at + "mlp.gate.weight"))
            self.layers.append(layer)

    @staticmethod
    def block(t, at, gate, up, down, kind):
        return {"kind": kind, "gate": t[at + gate + ".weight"], "up": t[at + up + ".weight"], "down": t[at + down + ".weight"]}

    def experts(self, layer):
        return [b for b in layer.blocks if b["kind"] == "expert"]


# ---- writing ------------------------------------------------------------------------------------------------------

def _norm(out, name, norm):
    out[name + ".weight"] = norm[0]
    if norm[1] is not None:
        out[name + ".bias"] = norm[1]


def as_llama(m, experts="mixtral", prefix="model."):
    """llama's names; routed experts as Mixtral's, or (experts="deepseek") with shared experts under mlp."""
    t = {prefix + "embed_tokens.weight": m.embedding}
    for l, layer in enumerate(m.layers):
        at = f"{prefix}layers.{l}."
        _norm(t, at + "input_layernorm", layer.norm1)
        _norm(t, at + "post_attention_layernorm", layer.norm2)
        for r, name in BASE.items():
            if r in layer.w:
                t[at + name + ".weight"] = layer.w[r]
            if r in layer.b:
                t[at + name + ".bias"] = layer.b[r]
        for name, w in getattr(layer, "extra", {}).items():
            t[at + name] = w
        e = 0
        for b in layer.blocks:
            if b["kind"] == "expert" and experts == "mixtral":
                where, names = f"block_sparse_moe.experts.{e}.", ("w1", "w3", "w2")
            else:
                where = {"dense": "mlp.", "shared": "mlp.shared_experts.", "expert": f"mlp.experts.{e}."}[b["kind"]]
                names = ("gate_proj", "up_proj", "down_proj")
            e += b["kind"] == "expert"
            for r, name in zip(("gate", "up", "down"), names):
                if r in b:
                    t[at + where + name + ".weight"] = b[r]
        if layer.router is not None:
            t[at + ("block_sparse_moe.gate.weight" if experts == "mixtral" else "mlp.gate.weight")] = layer.router
    _norm(t, prefix + "norm", m.final)
    if m.head is not None:
        t["lm_head.weight"] = m.head
    n = len(m.experts(m.layers[0]))
    dense = m.layers[0].blocks[0]
    c = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": m.width, "num_hidden_layers": len(m.layers),
         "num_attention_heads": m.heads, "num_key_value_heads": m.kv, "head_dim": m.size, "vocab_size": m.embedding.shape[0],
         "intermediate_size": dense["up"].shape[0], "tie_word_embeddings": m.head is None, "hidden_act": "silu",
         "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 256}
    if n and experts == "mixtral":
        c.update(model_type="mixtral", architectures=["MixtralForCausalLM"], num_local_experts=n, num_experts_per_tok=2)
    elif n:
        c.update(model_type="deepseek", architectures=["DeepseekForCausalLM"], n_routed_experts=n, n_shared_experts=1,
                 num_experts_per_tok=2, moe_intermediate_size=m.experts(m.layers[-1])[0]["up"].shape[0])
    return t, c


def as_gpt2(m):
    t = {"wte.weight": m.embedding}
    if m.positions is not None:
        t["wpe.weight"] = m.positions
    for l, layer in enumerate(m.layers):
        at, b = f"h.{l}.", layer.blocks[0]
        _norm(t, at + "ln_1", layer.norm1)
        _norm(t, at + "ln_2", layer.norm2)
        t[at + "attn.bias"] = np.tril(np.ones((1, 1, 64, 64)))
        t[at + "attn.c_attn.weight"] = np.vstack([layer.w[r] for r in "qkv"]).T
        t[at + "attn.c_attn.bias"] = np.concatenate([layer.b[r] for r in "qkv"])
        t[at + "attn.c_proj.weight"], t[at + "attn.c_proj.bias"] = layer.w["o"].T, layer.b["o"]
        t[at + "mlp.c_fc.weight"], t[at + "mlp.c_fc.bias"] = b["up"].T, b["up_b"]
        t[at + "mlp.c_proj.weight"], t[at + "mlp.c_proj.bias"] = b["down"].T, b["down_b"]
    _norm(t, "ln_f", m.final)
    return t, {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": m.width, "n_layer": len(m.layers),
               "n_head": m.heads, "n_positions": 256, "vocab_size": m.embedding.shape[0], "tie_word_embeddings": True}


def as_neox(m):
    """query_key_value holds q, k, v of every head one after the other."""
    t = {"gpt_neox.embed_in.weight": m.embedding, "embed_out.weight": m.embedding if m.head is None else m.head}
    for l, layer in enumerate(m.layers):
        at, b = f"gpt_neox.layers.{l}.", layer.blocks[0]
        _norm(t, at + "input_layernorm", layer.norm1)
        _norm(t, at + "post_attention_layernorm", layer.norm2)
        split = lambda x: x.reshape(m.heads, m.size, *x.shape[1:])
        mixed = lambda parts: np.stack([split(p) for p in parts], 1).reshape(3 * m.width, *parts[0].shape[1:])
        t[at + "attention.query_key_value.weight"] = mixed([layer.w[r] for r in "qkv"])
        t[at + "attention.query_key_value.bias"] = mixed([layer.b[r] for r in "qkv"])
        t[at + "attention.rotary_emb.inv_freq"] = 1 / 10000 ** (np.arange(0, m.size // 2) / m.size)
        t[at + "attention.dense.weight"], t[at + "attention.dense.bias"] = layer.w["o"], layer.b["o"]
        t[at + "mlp.dense_h_to_4h.weight"], t[at + "mlp.dense_h_to_4h.bias"] = b["up"], b["up_b"]
        t[at + "mlp.dense_4h_to_h.weight"], t[at + "mlp.dense_4h_to_h.bias"] = b["down"], b["down_b"]
    _norm(t, "gpt_neox.final_layer_norm", m.final)
    return t, {"model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"], "hidden_size": m.width,
               "num_hidden_layers": len(m.layers), "num_attention_heads": m.heads, "vocab_size": m.embedding.shape[0],
               "intermediate_size": m.layers[0].blocks[0]["up"].shape[0], "tie_word_embeddings": False, "rotary_pct": 0.5}


def as_gpt_oss(m):
    """Stacked experts, gate and up alternating, matrices stored (inputs, outputs), biases."""
    t, c = as_llama(m)
    for name in [n for n in t if "block_sparse_moe" in n]:
        del t[name]
    for l, layer in enumerate(m.layers):
        at, experts = f"model.layers.{l}.mlp.", m.experts(layer)
        gate_up = np.stack([np.stack([b["gate"], b["up"]], 1).reshape(-1, m.width).T for b in experts])
        t[at + "experts.gate_up_proj"] = gate_up
        t[at + "experts.gate_up_proj_bias"] = np.zeros((len(experts), gate_up.shape[2]))
        t[at + "experts.down_proj"] = np.stack([b["down"].T for b in experts])
        t[at + "experts.down_proj_bias"] = np.zeros((len(experts), m.width))
        t[at + "router.weight"], t[at + "router.bias"] = layer.router, np.zeros(len(experts))
        t[f"model.layers.{l}.self_attn.sinks"] = np.zeros(m.heads)
    c.update(model_type="gpt_oss", architectures=["GptOssForCausalLM"], num_local_experts=len(m.experts(m.layers[0])))
    return t, c


def as_vision_language(m, rng):
    """The decoder under model.language_model., beside a vision tower of its own."""
    t, c = as_llama(m, prefix="model.language_model.")
    d, h = 64, 192
    for l in range(3):
        at = f"model.visual.blocks.{l}."
        t[at + "attn.qkv.weight"] = rng.normal(0, 0.02, (3 * d, d))
        t[at + "attn.proj.weight"] = rng.normal(0, 0.02, (d, d))
        t[at + "mlp.fc1.weight"], t[at + "mlp.fc2.weight"] = rng.normal(0, 0.02, (h, d)), rng.normal(0, 0.02, (d, h))
        t[at + "norm1.weight"] = t[at + "norm2.weight"] = np.ones(d)
    t["model.visual.patch_embed.proj.weight"] = rng.normal(0, 0.02, (d, 3, 4, 4))
    text = {k: v for k, v in c.items() if k != "architectures"}
    return t, {"model_type": "qwen2_vl", "architectures": ["Qwen2VLForConditionalGeneration"], "text_config": text,
               "vision_config": {"hidden_size": d, "depth": 3, "num_heads": 4, "patch_size": 4}, **text, "model_type": "qwen2_vl"}


def f8_e4m3(x):
    """Nearest E4M3 value's byte (ties to the smaller code)."""
    codes = np.arange(127, dtype=np.uint8)
    e, f = codes >> 3, codes & 7
    values = np.where(e == 0, f / 8 * 2.0 ** -6, (1 + f / 8) * 2.0 ** (e.astype(int) - 7))
    at = np.searchsorted((values[1:] + values[:-1]) / 2, np.abs(x))
    return (codes[at] | np.where(x < 0, 128, 0).astype(np.uint8)).astype(np.uint8)


def save(path, tensors, dtype, as_f8=False):
    """as_f8: two-dimensional matrices of layers as F8_E4M3 with one scale per 128 x 128 block (DeepSeek-V3)."""
    header, blobs, offset = {"__metadata__": {"format": "pt"}}, [], 0

    def put(name, kind, shape, blob):
        nonlocal offset
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)

    for name, w in tensors.items():
        w = np.asarray(w)
        if as_f8 and w.ndim == 2 and "layers." in name and "norm" not in name:
            rows, cols = -(-w.shape[0] // 128), -(-w.shape[1] // 128)
            scale, codes = np.zeros((rows, cols)), np.zeros(w.shape, np.uint8)
            for i in range(rows):
                for j in range(cols):
                    part = np.s_[i * 128:(i + 1) * 128, j * 128:(j + 1) * 128]
                    scale[i, j] = np.abs(w[part]).max() / 448
                    codes[part] = f8_e4m3(w[part] / scale[i, j])
            put(name, "F8_E4M3", w.shape, codes.tobytes())
            put(name + "_scale_inv", "F32", scale.shape, scale.astype(np.float32).tobytes())
        else:
            put(name, dtype, w.shape, stored(w, dtype))
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
