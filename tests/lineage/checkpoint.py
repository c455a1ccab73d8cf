# SPDX-License-Identifier: MIT
"""Small llama-style checkpoints: read, written as safetensors or GGUF. Needs numpy."""
import json
import struct

import numpy as np

LLAMA = {"q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj", "o": "self_attn.o_proj",
         "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj"}


def load(folder):
    raw = open(folder + "/model.safetensors", "rb").read()
    size = int.from_bytes(raw[:8], "little")
    out = {}
    for name, entry in json.loads(raw[8:8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        data = raw[8 + size + begin:8 + size + end]
        if entry["dtype"] == "BF16":
            values = (np.frombuffer(data, np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(data, {"F32": np.float32, "F16": np.float16}[entry["dtype"]]).astype(np.float32)
        out[name] = values.reshape(entry["shape"]).astype(np.float64)
    return out


def stored(values, dtype):
    values = np.ascontiguousarray(values, np.float32)
    if dtype == "F32":
        return values.tobytes()
    if dtype == "F16":
        return values.astype(np.float16).tobytes()
    bits = values.view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16).tobytes()


def save(path, tensors, dtype):
    header, blobs, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, values in tensors.items():
        blob = stored(values, dtype)
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


class Model:
    """A llama-style model, gains kept apart, as the operations need it."""

    def __init__(self, zoo, name):
        self.folder = f"{zoo}/{name}"
        self.config = json.load(open(self.folder + "/config.json"))
        self.t = load(self.folder)
        c = self.config
        self.layers = c["num_hidden_layers"]
        self.heads, self.kv, self.size = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]

    def of(self, layer, role):
        return f"model.layers.{layer}.{LLAMA[role]}.weight"

    def norms(self, layer):
        return [f"model.layers.{layer}.input_layernorm.weight", f"model.layers.{layer}.post_attention_layernorm.weight"]

    def readers(self, layer):
        first, second = self.norms(layer)
        return [(first, [self.of(layer, r) for r in "qkv"]), (second, [self.of(layer, r) for r in ("gate", "up")])]

    def writers(self, layer):
        return [self.of(layer, "o"), self.of(layer, "down")]


def gguf(m, path, kind):
    """Q8_0 or Q4_0, llama.cpp's names; q and k rows interleaved as its converter does."""
    def text(s):
        return struct.pack("<Q", len(s)) + s.encode()

    def block32(w, kind):
        rows = np.ascontiguousarray(w, np.float32).reshape(-1, 32)
        if kind == 8:
            d = np.abs(rows).max(1) / 127
            q = np.round(rows / np.where(d > 0, d, 1)[:, None]).astype(np.int8)
            return b"".join(np.float16(x).tobytes() + y.tobytes() for x, y in zip(d, q))
        top = rows[np.arange(len(rows)), np.abs(rows).argmax(1)]
        d = top / -8
        q = np.clip(np.floor(rows / np.where(d != 0, d, 1)[:, None] + 8.5), 0, 15).astype(np.uint8)
        return b"".join(np.float16(x).tobytes() + (y[:16] | (y[16:] << 4)).tobytes() for x, y in zip(d, q))

    def interleaved(w, heads):
        return w.reshape(heads, 2, m.size // 2, -1).swapaxes(1, 2).reshape(w.shape)

    names = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate", "up": "ffn_up",
             "down": "ffn_down"}
    tensors = [("token_embd.weight", m.t["model.embed_tokens.weight"]), ("output_norm.weight", m.t["model.norm.weight"])]
    if "lm_head.weight" in m.t:
        tensors.append(("output.weight", m.t["lm_head.weight"]))
    for l in range(m.layers):
        for r, name in names.items():
            w = m.t[m.of(l, r)]
            w = interleaved(w, m.heads) if r == "q" else interleaved(w, m.kv) if r == "k" else w
            tensors.append((f"blk.{l}.{name}.weight", w))
        for norm, name in zip(m.norms(l), ("attn_norm", "ffn_norm")):
            tensors.append((f"blk.{l}.{name}.weight", m.t[norm]))
    c = m.config
    meta = [("general.architecture", "llama"), ("llama.block_count", m.layers), ("llama.embedding_length", c["hidden_size"]),
            ("llama.feed_forward_length", c["intermediate_size"]), ("llama.attention.head_count", m.heads),
            ("llama.attention.head_count_kv", m.kv), ("llama.context_length", 256), ("llama.rope.dimension_count", m.size)]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(meta))
    for key, value in meta:
        head += text(key) + (struct.pack("<I", 8) + text(value) if isinstance(value, str) else struct.pack("<II", 4, value))
    data = b""
    for name, w in tensors:
        plain = w.ndim == 1 or w.shape[-1] % 32
        code = 0 if plain else {8: 8, 4: 2}[kind]
        head += text(name) + struct.pack("<I", w.ndim) + b"".join(struct.pack("<Q", n) for n in reversed(w.shape))
        head += struct.pack("<IQ", code, len(data))
        data += np.ascontiguousarray(w, np.float32).tobytes() if plain else block32(w, kind)
        data += b"\0" * (-len(data) % 32)
    with open(path, "wb") as f:
        f.write(head + b"\0" * (-len(head) % 32) + data)
