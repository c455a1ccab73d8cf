#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""unseen.py ZOO OUT [--seed N]: families, kinds and traps that neither the zoo nor variations.py has.

GPT-2 and mixture models laundered and pruned, families renamed into one another, fp8, GPT-OSS and vision-language
layouts, latent attention, parts reused alone, networks widened; and independent models made to look alike. Writes
OUT/NAME/ and OUT/manifest.txt for `lineage_benchmark --manifest`. Needs numpy.
"""
import json
import os
import shutil
import sys

import numpy as np

from decoder import *  # noqa: F403 (every operation is a name here)
from decoder_operations import *  # noqa: F403


class Writer:
    bases = ["b1", "b2", "b3", "b4", "b5", "b6", "g1", "g2", "m1", "m2"]

    def __init__(self, zoo, out, seed):
        self.zoo, self.out, self.seed, self.lines = zoo, out, seed, []

    def of(self, name):
        return Decoder(self.zoo, name)

    def rng(self, name):
        return np.random.default_rng([self.seed, sum(name.encode())])

    def put(self, name, m, form, relation, parents, kind, dtype="BF16", as_f8=False):
        folder = f"{self.out}/{name}"
        os.makedirs(folder, exist_ok=True)
        for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
            shutil.copy(f"{m.folder}/{file}", folder)
            os.chmod(f"{folder}/{file}", 0o644)
        tensors, config = form(m)
        save(f"{folder}/model.safetensors", tensors, dtype, as_f8)
        json.dump({**config, "torch_dtype": "bfloat16"}, open(f"{folder}/config.json", "w"))
        for base in self.bases:
            label = relation if base in parents else "no"
            if label == "no" and {base, *parents} >= {"b3", "b4"}:
                label = "shared_init"
            self.lines.append(f"{folder} {self.zoo}/{base} {label} {kind}")

    def make(self, kind, source, base, change, form=None, relation="yes", **how):
        m, rng = self.of(source), self.rng(kind + source)
        change(m, rng)
        self.put(f"{kind}_{source}", m, form or default_form(m), relation, (base,), kind, **how)


def gpt2(w):
    for source, base in (("g1", "g1"), ("ft_light_g1", "g1"), ("g2", "g2")):
        op = lambda kind, change, **how: w.make(kind, source, base, change, **how)
        op("g_units", lambda m, r: permute_units(m, r))
        op("g_axes", lambda m, r: permute_axes(m, r))
        op("g_axessigns", lambda m, r: (to_rms(m), permute_axes(m, r, True)), form=as_nova)
        op("g_heads_units", lambda m, r: (permute_heads(m, r), permute_units(m, r)))
        op("g_everything_ln", lambda m, r: (permute_axes(m, r), permute_heads(m, r), permute_units(m, r), value_gauge(m, r)))
        op("g_rotated", lambda m, r: (to_rms(m), rotate(m, r)), form=as_nova)
        op("g_rotated_units", lambda m, r: (to_rms(m), rotate(m, r), permute_units(m, r), permute_heads(m, r)), form=as_nova)
        op("g_neox", lambda m, r: noise(m, r, 0.1), form=as_neox)
        op("g_neox_units", lambda m, r: (noise(m, r, 0.1), permute_units(m, r)), form=as_neox)
        op("g_drop", lambda m, r: keep_layers(m, [0, 2, 3]))
        op("g_up", lambda m, r: (keep_layers(m, [0, 1, 2, 1, 2, 3]), noise(m, r, 0.1)))
        op("g_units60", lambda m, r: keep_units(m, r, 0.6))
        op("g_units60_shuffled", lambda m, r: keep_units(m, r, 0.6, False))
        op("g_narrow", lambda m, r: keep_axes(m, r, 72))
        op("g_fewer_heads", lambda m, r: keep_kv_groups(m, r, 3))
        op("g_noise100", lambda m, r: noise(m, r, 1.0))
        op("g_lora", lambda m, r: low_rank(m, r, 4, 0.15))
        op("g_wide", lambda m, r: more_units(m, r, 128))
    m = w.of("g1")
    merge(m, w.of("g2"), 0.5)
    w.put("g_merge_g1g2", m, as_gpt2, "partial", ("g1", "g2"), "g_merge")


def mixtures(w):
    for source, base in (("m1", "m1"), ("ft_light_m1", "m1"), ("m2", "m2"), ("upcycled_b6", "b6")):
        op = lambda kind, change, **how: w.make(kind, source, base, change, **how)
        op("m_experts", lambda m, r: permute_experts(m, r))
        op("m_experts_units", lambda m, r: (permute_experts(m, r), permute_units(m, r)))
        op("m_axes", lambda m, r: permute_axes(m, r))
        op("m_rotated", lambda m, r: rotate(m, r))
        op("m_everything", lambda m, r: everything(m, r))
        op("m_half_experts", lambda m, r: keep_experts(m, r, 0.5))
        op("m_deepseek", lambda m, r: noise(m, r, 0.1), form=as_deepseek)
        op("m_gpt_oss", lambda m, r: noise(m, r, 0.1), form=as_gpt_oss)
        op("m_gpt_oss_axes", lambda m, r: permute_axes(m, r), form=as_gpt_oss)
        op("m_drop", lambda m, r: keep_layers(m, [0, 1, 3]))
        op("m_units60", lambda m, r: keep_units(m, r, 0.6))
        op("m_fp8", lambda m, r: None, as_f8=True)
        op("m_noise100", lambda m, r: noise(m, r, 1.0))
        op("m_dense", lambda m, r: to_dense(m))


def dense(w):
    for source, base in (("b1", "b1"), ("cpt6x_b6", "b6"), ("ft_heavy_b1", "b1"), ("b5", "b5")):
        op = lambda kind, change, **how: w.make(kind, source, base, change, **how)
        op("d_fp8", lambda m, r: None, as_f8=True)
        op("d_fp8_axes_units", lambda m, r: (permute_axes(m, r), permute_units(m, r)), as_f8=True)
        op("d_deepseek_shared", lambda m, r: upcycle_shared(m, r), form=as_deepseek)
        op("d_latent_attention", lambda m, r: latent_attention(m, r), form=as_deepseek)
        op("d_vision_language", lambda m, r: noise(m, r, 0.1), form=lambda m: as_vision_language(m, np.random.default_rng(3)))
        op("d_untied", lambda m, r: untie_with_noise(m, r))
        op("d_wide", lambda m, r: more_units(m, r, 96))
        op("d_tiled", lambda m, r: hyperclone(m, r))
        op("d_zero_wide", lambda m, r: pad_axes(m, r, 32))
        op("d_only_mlp", lambda m, r: fresh(m, r, ("attention", "embedding")), relation="partial")
        op("d_only_attention", lambda m, r: fresh(m, r, ("mlp", "embedding")), relation="partial")
        op("d_only_attention_emb", lambda m, r: fresh(m, r, ("mlp",)), relation="partial")
        op("d_one_layer", lambda m, r: one_layer(m, r, 1), relation="partial")
        op("d_tenth_units", lambda m, r: some_units(m, r, 0.1), relation="partial")
        op("d_noise200", lambda m, r: noise(m, r, 2.0))
        op("d_gain_fold_axes", lambda m, r: (fold(m), permute_axes(m, r)))
        op("d_heads_only_permuted", lambda m, r: (permute_heads(m, r), query_gauge(m, r), value_gauge(m, r), permute_units(m, r)))
        op("d_mqa", lambda m, r: mean_kv(m))
        op("d_signs_only", lambda m, r: unit_signs(m, r))
    for a, b in (("b1", "b2"), ("b2", "b1")):
        m = w.of(a)
        stitch(m, w.of(b))
        w.put(f"d_stitched_{a}{b}", m, as_llama, "partial", (a, b), "d_stitched")


def strangers(w):
    """Independent models that share everything but their random numbers."""
    for kind in ("plain", "orthogonal", "identity", "zero_out", "sinusoid", "frequency", "hadamard", "norm_trap",
                 "outlier_axes", "sparse_mask"):
        for k in (1, 2, 3):
            m = w.of("b1" if kind != "sinusoid" else "g1")
            make_stranger(m, w.rng(f"{kind}{k}"), kind)
            w.put(f"s_{kind}{k}", m, default_form(m), "no", (), f"s_{kind}")
        # A start that everyone computes alike is a common start, though nobody's seed.
        label = "shared_init" if kind == "hadamard" else "no"
        for k in (2, 3):
            w.lines.append(f"{w.out}/s_{kind}{k} {w.out}/s_{kind}1 {label} s_{kind}")
    # One tensor group of a common seed (b3 and b4), the others of a stranger.
    for name, take in (("emb", ("embedding",)), ("mlp", ("mlp",)), ("attention", ("attention",))):
        m = w.of("b1")
        transplant(m, w.of("b3"), take)
        folder = f"s_seed_{name}"
        w.put(folder, m, as_llama, "partial", ("b1", "b3"), f"s_seed_{name}")
        w.lines = [x.replace(" no ", " shared_init ") if x.startswith(f"{w.out}/{folder} ") and "/b4 " in x else x
                   for x in w.lines]


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 1
    writer = Writer(os.path.abspath(sys.argv[1]) + "/models", os.path.abspath(sys.argv[2]), seed)
    for part in (gpt2, mixtures, dense, strangers):
        part(writer)
    with open(f"{writer.out}/manifest.txt", "w") as f:
        f.write("\n".join(writer.lines) + "\n")
