#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains small language models on text of this machine and writes the logs that their trainers print.

    train_logs.py FOLDER FIRST LAST [--warm]

One independent run per seed FIRST..LAST-1: its own text, tokens, model, optimiser, schedule, batch, data order, log
interval, format and precision, all drawn from the seed. FOLDER/index.csv names each log, its vocabulary and what is
particular about it. With --warm the printed run begins from weights that were trained before on other text.
"""
import csv
import glob
import gzip
import json
import math
import os
import re
import sys

import numpy as np

from tiny_models import Model, Optimiser

TEXTS = {
    "licences": ["/usr/share/common-licenses/*"],
    "python": ["/usr/lib/python3.11/*.py", "/usr/lib/python3.11/*/*.py"],
    "copyright": ["/usr/share/doc/*/copyright"],
    "headers": ["/usr/include/*.h", "/usr/include/*/*.h", "/usr/include/c++/12/*/*.h"],
    "perl": ["/usr/share/perl/5*/*.pm", "/usr/share/perl/5*/*/*.pm", "/usr/share/perl/5*/pod/*.pod"],
    "changelogs": ["/usr/share/doc/*/changelog*.gz", "/usr/share/doc/*/NEWS.gz"],
    "manuals": ["/usr/share/doc/*/*.txt", "/usr/share/doc/*/README*", "/usr/share/doc/*/*.html"],
}
LARGEST = 2_500_000  # characters


def read_text(kind, r):
    files = sorted(set(f for pattern in TEXTS[kind] for f in glob.glob(pattern) if os.path.isfile(f)))
    r.shuffle(files)
    parts, size = [], 0
    for f in files:
        try:
            raw = gzip.open(f).read() if f.endswith(".gz") else open(f, "rb").read()
        except OSError:
            continue
        parts.append(raw[:200_000])
        size += len(parts[-1])
        if size > LARGEST:
            break
    return b"\n".join(parts)


def tokens_of(raw, way):
    """Token numbers and the vocabulary: bytes, byte pairs folded together, or words (the rest are one token)."""
    if way == "bytes":
        return np.frombuffer(raw, np.uint8).astype(np.int32), 256
    if way == "pairs":  # the most frequent byte pairs in place of two bytes
        a = np.frombuffer(raw, np.uint8).astype(np.int32)
        a = a[:len(a) // 2 * 2].reshape(-1, 2)
        ids, places = np.unique(a[:, 0] * 256 + a[:, 1], return_inverse=True)
        return top(places, np.bincount(places), 1024)
    words = re.findall(rb"[A-Za-z]+|[0-9]|\s+|[^A-Za-z0-9\s]", raw)
    numbers, ids = {}, np.empty(len(words), np.int64)
    for i, w in enumerate(words):
        ids[i] = numbers.setdefault(w, len(numbers))
    return top(ids, np.bincount(ids), int(way))


def top(ids, counts, size):
    rank = np.full(len(counts), size - 1, np.int32)
    best = np.argsort(-counts)[:size - 1]
    rank[best] = np.arange(len(best))
    return rank[ids], size


def batches(ids, order, b, t, r):
    """Endless batches: anywhere, every piece once an epoch, or b readers who go on where they were."""
    n = len(ids)
    spans = np.arange(t + 1)
    if order == "anywhere":
        while True:
            yield ids[r.integers(0, n - t - 1, b)[:, None] + spans], None
    if order == "epochs":
        pieces, epoch = np.arange((n - 1) // t) * t, 0
        while True:
            r.shuffle(pieces)
            for i in range(0, len(pieces) - b + 1, b):
                yield ids[pieces[i:i + b, None] + spans], epoch + i / len(pieces)
            epoch += 1
    at = np.arange(b) * (n // b)
    while True:
        yield ids[at[:, None] + spans], None
        at = (at + t) % (n - t - 1)


def schedule(kind, s, steps, warm, low):
    if s < warm:
        return (s + 1) / warm
    x = (s - warm) / max(1, steps - warm)
    if kind == "cosine":
        return low + (1 - low) * 0.5 * (1 + math.cos(math.pi * x))
    if kind == "linear":
        return 1 - (1 - low) * x
    if kind == "wsd":
        return 1.0 if x < 0.8 else low + (1 - low) * (1 - x) / 0.2
    if kind == "root":
        return math.sqrt(max(warm, 50) / (s + max(warm, 50) - warm))
    if kind == "stairs":
        return 1.0 if x < 0.6 else 0.3 if x < 0.85 else 0.1
    return 1.0


def plan(seed):
    """What the run is. Sizes are drawn so that one takes seconds."""
    r = np.random.default_rng([seed, 20261126])
    pick = lambda *xs: xs[int(r.integers(len(xs)))]
    c = dict(seed=seed, text=pick(*TEXTS), tokens=pick("bytes", "bytes", "bytes", "pairs", "512", "1024", "2048"),
             model=pick("bigram", "mlp", "mlp", "mlp", "transformer", "transformer"), width=pick(32, 32, 48, 64),
             layers=pick(1, 2, 3), bend=pick("relu", "relu2", "tanh", "silu"), tied=bool(r.random() < 0.3),
             wide_start=bool(r.random() < 0.3), t=pick(8, 16, 32), b=pick(4, 8, 16, 32, 64),
             order=pick("anywhere", "anywhere", "epochs", "epochs", "readers"),
             optimiser=pick("adamw", "adamw", "adam", "sgd", "lion", "rmsprop"), clip=pick(0, 0.5, 1.0, 1.0),
             decay=pick(0, 0.01, 0.1), beta2=pick(0.95, 0.99, 0.999),
             schedule=pick("cosine", "cosine", "linear", "wsd", "wsd", "constant", "root", "stairs"),
             low=pick(0.0, 0.1, 0.1), warm_share=pick(0, 0.01, 0.03, 0.1), interval=pick(1, 1, 1, 2, 5, 10),
             noise=pick(0, 0, 0, 0.02), ramp=bool(r.random() < 0.1), restart=bool(r.random() < 0.08),
             form=pick(*FORMS), half=bool(r.random() < 0.1))
    long = r.random() < 0.3  # small models for many steps of large batches: little noise
    if long:
        c.update(tokens="bytes", model=pick("bigram", "mlp"), width=pick(24, 32), layers=1, interval=pick(1, 1, 2),
                 b=pick(16, 32), t=16)
    usual = {"sgd": 0.05, "lion": 3e-4, "rmsprop": 1e-3}.get(c["optimiser"], 2e-3)
    c["rate"] = usual * math.exp(r.normal(0, 0.8)) * (8 if r.random() < 0.06 else 1)  # a few are too high: spikes
    v = {"bytes": 256, "pairs": 1024}.get(c["tokens"]) or int(c["tokens"])
    per_token = v * c["width"] + (12 if c["model"] == "transformer" else 5) * c["layers"] * c["width"] ** 2 + 8 * v
    points = int(math.exp(r.uniform(math.log(250), math.log(5000))))
    most = lambda: int((1.5e10 if long else 6e9) / (per_token * c["t"] * c["b"]))
    while most() < 400 * c["interval"] and c["b"] > 8:
        c["b"] //= 2
    c["interval"] = max(1, min(c["interval"], most() // 300))
    c["steps"] = int(min(points * c["interval"], max(300, most()), 12000))
    return c


def train(c, warm):
    """Yields (step, loss, rate, norm, epoch, tokens so far)."""
    r = np.random.default_rng([c["seed"], 1])
    raw = read_text(c["text"], r)
    ids, v = tokens_of(raw, c["tokens"])
    c["vocabulary"] = v
    model = Model(r, c["model"], v, c["width"], c["layers"], c["bend"], c["tied"], c["wide_start"], c["t"])
    if warm:  # 600 steps on other text, not printed
        other = tokens_of(read_text("perl" if c["text"] != "perl" else "python", r), "bytes")[0]
        before, fresh = Optimiser(model, "adam", 1.0, 0, 0.99), batches(other, "anywhere", 16, c["t"], r)
        for s in range(600):
            x, _ = next(fresh)
            model.loss(x[:, :-1], x[:, 1:])
            before.step(2e-3 * min(1, s / 30))
        c["rate"] *= 0.3
    rule = Optimiser(model, c["optimiser"], c["clip"], c["decay"], c["beta2"])
    stream = batches(ids, c["order"], c["b"], c["t"], r)
    steps, seen, s, saved = c["steps"], 0, 0, None
    again = int(steps * r.uniform(0.3, 0.8)) if c["restart"] else None
    every = max(20, steps // 10)
    while s < steps:
        x, epoch = next(stream)
        if c["ramp"] and s < steps // 3:
            x = x[:max(1, len(x) // 2)]
        seen += x[:, 1:].size
        rate = c["rate"] * schedule(c["schedule"], s, steps, int(c["warm_share"] * steps), c["low"])
        loss = model.loss(x[:, :-1], x[:, 1:])
        norm = rule.step(rate)
        if c["noise"]:
            for n in model.p.values():
                if n.value.ndim == 2:
                    n.value += (c["noise"] * rate * r.normal(0, 1, n.value.shape)).astype(np.float32)
        yield s, loss, rate, norm, epoch, seen
        if not math.isfinite(loss):
            return
        s += 1
        if again is not None and s % every == 0 and s < again:
            copy = lambda d: {k: a.copy() for k, a in d.items()}
            saved = (s, {k: n.value.copy() for k, n in model.p.items()}, copy(rule.m), copy(rule.v), rule.t, seen)
        if s == again and saved:  # the job died and goes on from its last checkpoint, with other batches
            s, values, rule.m, rule.v, rule.t, seen = saved
            for k, n in model.p.items():
                n.value = values[k]
            again = None
            yield "resumed", s, 0, 0, None, seen


FORMS = ["nanogpt", "hf_state", "hf_console", "megatron", "llmc", "modded", "csv", "jsonl", "titan", "torch_example",
         "lightning", "olmo", "nanochat"]
OWN_MEAN = {"hf_state", "hf_console", "megatron", "torch_example"}  # the mean of all steps since the last line
NAMES = {"hf_state": "trainer_state.json", "csv": "metrics.csv", "lightning": "metrics.csv", "jsonl": "metrics.jsonl"}


def line(form, s, loss, rate, norm, epoch, seen, steps, average):
    if form == "nanogpt":
        return f"iter {s}: loss {loss:.4f}, time {12 + s % 7 / 3:.2f}ms, mfu 31.20%"
    if form == "hf_console":
        return str({"loss": round(loss, 4), "grad_norm": norm, "learning_rate": rate,
                    "epoch": round(epoch or s / 1e4, 2)})
    if form == "megatron":
        return (f" iteration {s + 1:8d}/{steps:8d} | consumed tokens: {seen:12d}"
                f" | elapsed time per iteration (ms): 131.2 | learning rate: {rate:.6E} | lm loss: {loss:.6E} | loss scale: 1.0 | grad norm: {norm:.3f} |")
    if form == "llmc":
        return (f"step {s + 1:4d}/{steps} | loss {loss:.6f} (+0.12z)| norm {norm:.4f} (-0.20z)| lr {rate:.2e}"
                " | 131.2 ms | 123456 tok/s")
    if form == "modded":
        return f"step:{s + 1}/{steps} train_loss:{loss:.4f} train_time:{(s + 1) * 131}ms step_avg:131.00ms"
    if form == "csv":
        return f"{s},{loss!r},{rate!r}"
    if form == "lightning":
        return f"{int(epoch or 0)},{s},{loss:.6f},"
    if form == "jsonl":
        return json.dumps({"step": s, "loss": loss, "lr": rate, "grad_norm": norm, "tokens": seen})
    if form == "titan":
        return (f"[rank0]:2026-11-26 10:00:00,000 - root - INFO - step: {s + 1:2d}  loss: {loss:7.4f}"
                "  memory:  1.00GiB(2.00%)  tps: 12,345  mfu: 31.20%")
    if form == "torch_example":
        return (f"| epoch {1:3d} | {s + 1:5d}/{steps:5d} batches | lr {rate:02.5f} | ms/batch {13.1:5.2f}"
                f" | loss {loss:5.2f} | ppl {math.exp(min(loss, 20)):8.2f}")
    if form == "olmo":
        return (f"[step={s + 1}/{steps},epoch=0]\n    optim/total_grad_norm={norm:.4f}\n"
                f"    train/CrossEntropyLoss={loss:.3f}\n    train/Perplexity={math.exp(min(loss, 20)):.3f}")
    return (f"step {s:05d}/{steps:05d} ({100 * s / steps:.2f}%) | loss: {average:.6f} | lrm: {1.0:.2f}"
            f" | dt: 131.20ms | tok/sec: 12,345 | mfu: 31.20 | total time: {s * 0.002:.2f}m")


def write_log(folder, seed, warm):
    c = plan(seed)
    if warm:
        c["tokens"] = "bytes"
    form, rows, lines, gathered, mean, finite = c["form"], [], [], [], 0.0, True
    if form in ("csv", "lightning"):
        lines.append("step,train/loss,lr" if form == "csv" else "epoch,step,train_loss,val_loss")
    half = lambda x: float(np.float32(np.frombuffer(np.uint32((int(np.float32(x).view(np.uint32)) + 0x8000)
                                                              & 0xFFFF0000).tobytes(), np.float32)[0]))
    for s, loss, rate, norm, epoch, seen in train(c, warm):
        if s == "resumed":
            lines.append(f"resuming from checkpoint at step {loss}")
            gathered = []
            continue
        if c["half"] and math.isfinite(loss):
            loss = half(loss)
        gathered.append(loss)
        mean = 0.9 * mean + 0.1 * loss
        if form in OWN_MEAN and (s + 1) % c["interval"]:
            continue
        if form not in OWN_MEAN and s % c["interval"]:
            continue
        shown = sum(gathered) / len(gathered) if form in OWN_MEAN else loss
        gathered = []
        finite &= math.isfinite(shown)
        rows.append({"epoch": round(epoch or s / 1e4, 2), "grad_norm": norm, "learning_rate": rate,
                     "loss": round(shown, 4), "step": s + 1})
        lines.append(line(form, s, shown, rate, norm, epoch, seen, c["steps"], mean / (1 - 0.9 ** (s + 1))))
    name = f"{seed:04d}-{form}-" + NAMES.get(form, "train.log")
    with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
        if form == "hf_state":
            json.dump({"global_step": c["steps"], "log_history": rows, "logging_steps": c["interval"]}, out)
        else:
            out.write("\n".join(lines) + "\n")
    plain = {k: c[k] for k in ("text", "tokens", "model", "optimiser", "schedule", "order", "t", "b", "interval",
                               "steps", "ramp", "restart", "half")}
    return [name, c["vocabulary"], len(rows), int(warm), int(finite), " ".join(f"{k}={v}" for k, v in plain.items()),
            f"rate={c['rate']:.2e}"]


def main():
    folder, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f"index-{first}.csv"), "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(["log", "vocabulary", "points", "warm", "finite", "run", "rate"])
        for seed in range(first, last):
            out.writerow(write_log(folder, seed, "--warm" in sys.argv))
            f.flush()


if __name__ == "__main__":
    main()
