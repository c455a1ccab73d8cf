#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""variations.py ZOO OUT [--seed N]: derivations and launderings of the zoo's bases that the zoo does not have.

Writes OUT/NAME/ (config, tokenizer, model.safetensors or .gguf) and OUT/manifest.txt with lines
`subject reference relation kind`, for `lineage_benchmark --manifest` and for `pedigree compare`.
Every model is a real checkpoint put through one or more operations; independent pairs are as many.
Needs numpy (python3-numpy).
"""
import json
import os
import shutil
import sys

import numpy as np

from checkpoint import Model, gguf, save
from operations import *  # noqa: F403 (every operation is a name here)


class Writer:
    def __init__(self, zoo, out, seed):
        self.zoo, self.out, self.seed, self.lines = zoo, out, seed, []
        self.bases = ["b1", "b2", "b3", "b4", "b5", "b6", "g1", "g2", "m1", "m2"]

    def make(self, name, source, parents, relation, kind, change, dtype="BF16", as_gguf=0):
        rng = np.random.default_rng([self.seed, sum(name.encode())])
        m, folder = Model(self.zoo, source), f"{self.out}/{name}"
        os.makedirs(folder, exist_ok=True)
        for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
            shutil.copy(f"{m.folder}/{file}", folder)
            os.chmod(f"{folder}/{file}", 0o644)
        change(m, rng, folder)
        if as_gguf:
            gguf(m, f"{folder}/model.gguf", as_gguf)
        else:
            m.config["torch_dtype"] = {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}[dtype]
            save(f"{folder}/model.safetensors", m.t, dtype)
        json.dump(m.config, open(f"{folder}/config.json", "w"))
        for base in self.bases:
            label = relation if base in parents else "no"
            if label == "no" and {base, *parents} >= {"b3", "b4"}:
                label = "shared_init"
            self.lines.append(f"{folder} {self.zoo}/{base} {label} {kind}")


def write_all(w):
    of = lambda name: Model(w.zoo, name)
    for source, base in (("b2", "b2"), ("cpt_b2", "b2"), ("ft_light_b5", "b5"), ("cpt6x_b6", "b6"), ("b4", "b4")):
        def op(kind, change, dtype="BF16", relation="yes", parents=(base,), as_gguf=0):
            w.make(f"{kind}_{source}", source, parents, relation, kind, change, dtype, as_gguf)
        op("units", lambda m, r, f: permute_units(m, r))
        op("unitsigns", lambda m, r, f: permute_units(m, r, True))
        op("axes", lambda m, r, f: permute_axes(m, r), "F16")
        op("axessigns", lambda m, r, f: permute_axes(m, r, True))
        op("axes_units_heads", lambda m, r, f: (permute_axes(m, r), permute_units(m, r), permute_heads(m, r)))
        op("rotate_units", lambda m, r, f: (rotate(m, r), permute_units(m, r)), "F32")
        op("gauges", lambda m, r, f: (value_gauge(m, r), query_gauge(m, r), scale_units(m, r)))
        op("everything", lambda m, r, f: everything(m, r, False))
        op("everything_signs", lambda m, r, f: everything(m, r, True))
        op("noise20", lambda m, r, f: noise(m, r, 0.2))
        op("noise100_units", lambda m, r, f: (noise(m, r, 1.0), permute_units(m, r)))
        op("drop_first", lambda m, r, f: keep_layers(m, range(1, m.layers)))
        op("drop_middle_units", lambda m, r, f: (keep_layers(m, [0, *range(2, m.layers)]), permute_units(m, r)))
        op("layers_reversed", lambda m, r, f: keep_layers(m, range(m.layers - 1, -1, -1)))
        op("layers_twice", lambda m, r, f: (keep_layers(m, [*range(m.layers - 1), *range(1, m.layers)]), noise(m, r, 0.1)))
        op("units70", lambda m, r, f: (keep_units(m, r, 0.7), noise(m, r, 0.1)))
        op("units40_shuffled", lambda m, r, f: (keep_units(m, r, 0.4, False), noise(m, r, 0.1)))
        op("narrower", lambda m, r, f: keep_axes(m, r, m.config["hidden_size"] * 3 // 4))
        op("narrower_units", lambda m, r, f: (keep_axes(m, r, m.config["hidden_size"] * 3 // 4), permute_units(m, r)))
        op("fewer_heads", lambda m, r, f: keep_kv_groups(m, r, m.kv // 2))
        op("lora4", lambda m, r, f: low_rank(m, r, 4, 0.15))
        op("lora2_axes", lambda m, r, f: (low_rank(m, r, 2, 0.1), permute_axes(m, r)))
        op("upcycled_shuffled_half_new", lambda m, r, f: upcycle(m, r, 4, 0.5))
        op("new_embedding", lambda m, r, f: new_embedding(m, r))
        op("fewer_tokens", lambda m, r, f: fewer_tokens(m, f, 400))
        op("more_tokens_axes", lambda m, r, f: (more_tokens(m, f, r, 200), permute_axes(m, r)))
        op("fused_names", lambda m, r, f: fuse(m), "F16")
        op("q8", lambda m, r, f: None, as_gguf=8)
        op("q4", lambda m, r, f: None, as_gguf=4)
        op("q4_axes_units", lambda m, r, f: (permute_axes(m, r), permute_units(m, r)), as_gguf=4)
    for a, b in (("b1", "b2"), ("b2", "b3")):
        for c in (0.3, 0.15):
            w.make(f"merge{c}_{a}{b}", a, (a, b), "partial", f"merge{c}", lambda m, r, f: merge(m, of(b), c))
        w.make(f"slerp_{a}{b}", a, (a, b), "partial", "slerp", lambda m, r, f: slerp(m, of(b), 0.4))
        w.make(f"only_embedding_{a}", a, (a, b), "partial", "only_embedding", lambda m, r, f: only_embedding(m, of(b)))
        w.make(f"only_embedding_turned_{a}", a, (a, b), "partial", "only_embedding_turned",
               lambda m, r, f: (only_embedding(m, of(b)), rotate(m, r)))
    w.make("ties_b1", "ft_heavy_b1", ("b1",), "yes", "dare", lambda m, r, f: dare(m, of("b1"), r, 0.7))
    w.make("task_b1", "ft_light_b1", ("b1",), "yes", "task", lambda m, r, f: task_arithmetic(m, of("b1"), of("lora_b1"), 0.8))
    w.make("halves_b1b2", "b1", ("b1", "b2"), "partial", "halves", lambda m, r, f: m.t.update(
        {n: x for n, x in of("b2").t.items() if ".layers.2." in n or ".layers.3." in n}))
    rand = lambda m, r: m.t.update({n: r.normal(0, 0.02, x.shape) if x.ndim == 2 else np.ones_like(x) for n, x in m.t.items()})
    w.make("untrained", "b1", (), "no", "untrained", lambda m, r, f: rand(m, r))
    w.make("distilled_everything", "distill_b1", (), "no", "distilled", lambda m, r, f: everything(m, r, False))
    with open(f"{w.out}/manifest.txt", "w") as f:
        f.write("\n".join(w.lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 1
    write_all(Writer(os.path.abspath(sys.argv[1]) + "/models", os.path.abspath(sys.argv[2]), seed))
