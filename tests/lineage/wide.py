#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""wide.py ZOO OUT [--width D] [--layers N] [--units H] [--seed N]: the widths of real models, which the zoo does not have.

Two synthetic bases that are strangers (random weights, shared token statistics, gains off one; the zoo's tokenizer) and
the first one put through changes and launderings. Writes OUT/models/NAME/ and OUT/manifest.txt for
`lineage_benchmark --manifest`. Above a width of 1024 axes keep only their nearest candidates, above 4096 rotations are
thin and units are sampled: paths that no small model takes. Needs numpy (python3-numpy).
"""
import argparse
import json
import os
import shutil

import numpy as np

from checkpoint import Model, gguf, save
from operations import *  # noqa: F403 (every operation is a name here)

BASES = ("w1", "w2")


def base(zoo, out, name, rng, shared, o):
    folder = f"{out}/models/{name}"
    os.makedirs(folder, exist_ok=True)
    for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copyfile(f"{zoo}/models/b1/{file}", f"{folder}/{file}")
    config = json.load(open(f"{zoo}/models/b1/config.json"))
    heads, kv = o.width // 128, max(1, o.width // 512)
    config.update(hidden_size=o.width, num_hidden_layers=o.layers, num_attention_heads=heads, num_key_value_heads=kv,
                  head_dim=128, intermediate_size=o.units)
    json.dump(config, open(f"{folder}/config.json", "w"))
    normal = lambda *shape: 0.02 * rng.standard_normal(shape, dtype=np.float32)
    gain = lambda: 1 + 0.2 * rng.standard_normal(o.width, dtype=np.float32)
    t = {"model.embed_tokens.weight": normal(config["vocab_size"], o.width) * shared + normal(o.width) / 2}
    for l in range(o.layers):
        p = f"model.layers.{l}."
        t |= {p + "input_layernorm.weight": gain(), p + "post_attention_layernorm.weight": gain(),
              p + "self_attn.q_proj.weight": normal(heads * 128, o.width), p + "self_attn.k_proj.weight": normal(kv * 128, o.width),
              p + "self_attn.v_proj.weight": normal(kv * 128, o.width), p + "self_attn.o_proj.weight": normal(o.width, heads * 128),
              p + "mlp.gate_proj.weight": normal(o.units, o.width), p + "mlp.up_proj.weight": normal(o.units, o.width),
              p + "mlp.down_proj.weight": normal(o.width, o.units)}
    t["model.norm.weight"] = gain()
    save(f"{folder}/model.safetensors", t, "BF16")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("zoo"), a.add_argument("out")
    a.add_argument("--width", type=int, default=1536)
    a.add_argument("--layers", type=int, default=3)
    a.add_argument("--units", type=int, default=4096)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--only", default="", help="names, with commas between")
    o = a.parse_args()
    rng = np.random.default_rng(o.seed)
    vocabulary = json.load(open(f"{o.zoo}/models/b1/config.json"))["vocab_size"]
    shared = np.exp(0.3 * rng.standard_normal((vocabulary, 1), dtype=np.float32))
    for name in BASES:
        base(o.zoo, o.out, name, rng, shared, o)
    lines = [f"models/{x} models/{y} no stranger" for x in BASES for y in BASES if x != y]
    changes = {
        "noise": lambda m: noise(m, rng, 0.3),
        "noise_units": lambda m: (noise(m, rng, 0.5), permute_units(m, rng)),
        "axes": lambda m: (permute_axes(m, rng), noise(m, rng, 0.1)),
        "axessigns_units": lambda m: (permute_axes(m, rng, True), permute_units(m, rng)),
        "rotated": lambda m: (rotate(m, rng), noise(m, rng, 0.1)),
        "rotated_units": lambda m: (rotate(m, rng), permute_units(m, rng)),
        "everything": lambda m: everything(m, rng, False),
        "units60": lambda m: (keep_units(m, rng, 0.6), noise(m, rng, 0.1)),
        "narrower": lambda m: (keep_axes(m, rng, o.width * 3 // 4), noise(m, rng, 0.05)),
        "lora": lambda m: low_rank(m, rng, 16, 0.1),
        "fewer_layers": lambda m: (keep_layers(m, range(1, m.layers)), noise(m, rng, 0.1)),
        "upcycled": lambda m: upcycle(m, rng, 4, 0.3),
        "new_embedding_axes": lambda m: (new_embedding(m, rng), permute_axes(m, rng)),
        "q8": lambda m: None, "q4_units": lambda m: permute_units(m, rng),
    }
    for name, change in changes.items():
        if o.only and name not in o.only.split(","):
            continue
        m, folder = Model(f"{o.out}/models", "w1"), f"{o.out}/models/{name}"
        shutil.copytree(m.folder, folder, ignore=shutil.ignore_patterns("*.safetensors"), dirs_exist_ok=True)
        change(m)
        if name[0] == "q":
            gguf(m, f"{folder}/model.gguf", int(name[1]))
        else:
            save(f"{folder}/model.safetensors", m.t, "BF16")
        json.dump(m.config, open(f"{folder}/config.json", "w"))
        lines += [f"models/{name} models/w1 yes {name}", f"models/{name} models/w2 no {name}"]
    open(f"{o.out}/manifest.txt", "w").write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
