# SPDX-License-Identifier: MIT
"""Small language models trained for real with numpy: reverse-mode gradients, models, optimisers."""
import numpy as np

F = np.float32


class Node:
    def __init__(self, value):
        self.value, self.grad = value, None

    def add(self, g):
        self.grad = g if self.grad is None else self.grad + g


class Tape:
    """Operations in the order they were done; `back` walks them the other way."""

    def __init__(self):
        self.steps = []

    def back(self):
        for step in reversed(self.steps):
            step()

    def note(self, out, step):
        self.steps.append(step)
        return out

    def embed(self, table, ids):
        out = Node(table.value[ids])

        def step():
            flat, g = ids.ravel(), out.grad.reshape(-1, table.value.shape[1])
            order = np.argsort(flat, kind="stable")
            rows, first = np.unique(flat[order], return_index=True)
            full = np.zeros_like(table.value)
            full[rows] = np.add.reduceat(g[order], first, axis=0)
            table.add(full)

        return self.note(out, step)

    def linear(self, x, w, b=None, transposed=False):
        m = w.value.T if transposed else w.value
        out = Node(x.value @ m + (0 if b is None else b.value))

        def step():
            g = out.grad.reshape(-1, m.shape[1])
            a = x.value.reshape(-1, m.shape[0])
            w.add(g.T @ a if transposed else a.T @ g)
            if b is not None:
                b.add(g.sum(0))
            x.add(out.grad @ m.T)

        return self.note(out, step)

    def plus(self, x, y):
        out = Node(x.value + y.value)

        def step():
            x.add(out.grad)
            g = out.grad
            while g.ndim > y.value.ndim:
                g = g.sum(0)
            y.add(g)

        return self.note(out, step)

    def bend(self, x, kind):
        v = x.value
        if kind == "relu":
            out, slope = Node(np.maximum(v, 0)), (v > 0).astype(F)
        elif kind == "relu2":
            r = np.maximum(v, 0)
            out, slope = Node(r * r), 2 * r
        elif kind == "tanh":
            t = np.tanh(v)
            out, slope = Node(t), 1 - t * t
        else:  # silu
            s = 1 / (1 + np.exp(-np.clip(v, -30, 30)))
            out, slope = Node(v * s), s * (1 + v * (1 - s))
        return self.note(out, lambda: x.add(out.grad * slope))

    def norm(self, x, gain):
        d = x.value.shape[-1]
        r = 1 / np.sqrt((x.value * x.value).mean(-1, keepdims=True) + F(1e-5))
        n = x.value * r
        out = Node(n * gain.value)

        def step():
            g = out.grad * gain.value
            gain.add((out.grad * n).reshape(-1, d).sum(0))
            x.add(r * (g - n * (g * n).mean(-1, keepdims=True)))

        return self.note(out, step)

    def window(self, x, width):
        """Each place beside the width - 1 places before it."""
        b, t, d = x.value.shape
        out = Node(np.zeros((b, t, d * width), F))
        for k in range(width):
            out.value[:, k:, k * d:(k + 1) * d] = x.value[:, :t - k]

        def step():
            g = np.zeros_like(x.value)
            for k in range(width):
                g[:, :t - k] += out.grad[:, k:, k * d:(k + 1) * d]
            x.add(g)

        return self.note(out, step)

    def attend(self, q, k, v, heads):
        b, t, d = q.value.shape
        split = lambda a: a.reshape(b, t, heads, d // heads).transpose(0, 2, 1, 3)
        join = lambda a: a.transpose(0, 2, 1, 3).reshape(b, t, d)
        qs, ks, vs = split(q.value), split(k.value), split(v.value)
        scale = F((d // heads) ** -0.5)
        score = qs @ ks.transpose(0, 1, 3, 2) * scale + np.triu(np.full((t, t), -1e9, F), 1)
        p = np.exp(score - score.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        out = Node(join(p @ vs))

        def step():
            g = split(out.grad)
            gp = g @ vs.transpose(0, 1, 3, 2)
            gs = p * (gp - (gp * p).sum(-1, keepdims=True)) * scale
            v.add(join(p.transpose(0, 1, 3, 2) @ g))
            q.add(join(gs @ ks))
            k.add(join(gs.transpose(0, 1, 3, 2) @ qs))

        return self.note(out, step)

    def loss(self, logits, targets):
        z = logits.value.reshape(-1, logits.value.shape[-1])
        p = np.exp(z - z.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        rows, flat = np.arange(len(z)), targets.ravel()
        value = float(-np.log(np.maximum(p[rows, flat], 1e-30), dtype=np.float64).mean())

        def step():
            p[rows, flat] -= 1
            logits.add((p / F(len(z))).reshape(logits.value.shape))

        self.steps.append(step)
        return value


class Model:
    """kind: bigram, mlp (a window of tokens), transformer."""

    def __init__(self, r, kind, vocabulary, width, layers, bend, tied, wide_start, length):
        self.kind, self.bend, self.tied, self.layers = kind, bend, tied, layers
        self.heads, self.span = max(1, width // 16), 6
        self.p = {}
        spread = lambda fan: fan ** -0.5 / (1 if not wide_start else 0.6)

        def matrix(name, rows, columns, deviation=None):
            self.p[name] = Node(r.normal(0, deviation or spread(rows) * 0.6, (rows, columns)).astype(F))

        matrix("embedding", vocabulary, width, 1.0 if wide_start and not tied else 0.02)
        if kind == "mlp":
            matrix("in", width * self.span, width)
        if kind == "transformer":
            matrix("place", length, width, 0.02)
        for i in range(layers if kind != "bigram" else 0):
            self.p[f"gain{i}"] = Node(np.ones(width, F))
            if kind == "transformer":
                self.p[f"again{i}"] = Node(np.ones(width, F))
                for name in "qkvo":
                    matrix(f"{name}{i}", width, width)
            matrix(f"up{i}", width, 2 * width)
            self.p[f"bias{i}"] = Node(np.zeros(2 * width, F))
            matrix(f"down{i}", 2 * width, width, 0.5 * spread(2 * width) / max(1, layers) ** 0.5)
        self.p["last"] = Node(np.ones(width, F))
        if not tied:
            matrix("out", width, vocabulary, None if wide_start else 0.02)

    def loss(self, ids, targets, learn=True):
        t, p = Tape(), self.p
        x = t.embed(p["embedding"], ids)
        if self.kind == "mlp":
            x = t.linear(t.window(x, self.span), p["in"])
        if self.kind == "transformer":
            x = t.plus(x, p["place"])
        for i in range(self.layers if self.kind != "bigram" else 0):
            if self.kind == "transformer":
                n = t.norm(x, p[f"again{i}"])
                mixed = t.attend(*(t.linear(n, p[f"{c}{i}"]) for c in "qkv"), self.heads)
                x = t.plus(x, t.linear(mixed, p[f"o{i}"]))
            h = t.bend(t.linear(t.norm(x, p[f"gain{i}"]), p[f"up{i}"], p[f"bias{i}"]), self.bend)
            x = t.plus(x, t.linear(h, p[f"down{i}"]))
        x = t.norm(x, p["last"])
        z = t.linear(x, p["embedding"], transposed=True) if self.tied else t.linear(x, p["out"])
        value = t.loss(z, targets)
        if learn:
            for node in p.values():
                node.grad = None
            t.back()
        return value


class Optimiser:
    """sgd, adam, adamw, lion, rmsprop; gradients are clipped to norm `clip` unless it is 0."""

    def __init__(self, model, kind, clip, decay, beta2):
        self.model, self.kind, self.clip, self.decay, self.b2 = model, kind, clip, decay, beta2
        self.m = {k: np.zeros_like(n.value) for k, n in model.p.items()}
        self.v = {k: np.zeros_like(n.value) for k, n in model.p.items()}
        self.t = 0

    def step(self, rate):
        self.t += 1
        norm = float(np.sqrt(sum(float((n.grad * n.grad).sum()) for n in self.model.p.values())))
        scale = F(min(1.0, self.clip / (norm + 1e-6))) if self.clip else F(1)
        for k, n in self.model.p.items():
            g, m, v = n.grad * scale, self.m[k], self.v[k]
            if self.kind == "sgd":
                m *= F(0.9)
                m += g
                change = m
            elif self.kind == "lion":
                change = np.sign(F(0.9) * m + F(0.1) * g)
                m *= F(0.99)
                m += F(0.01) * g
            else:
                v *= F(self.b2)
                v += F(1 - self.b2) * g * g
                root = np.sqrt(v / F(1 - self.b2 ** self.t)) + F(1e-8)
                if self.kind == "rmsprop":
                    change = g / root
                else:
                    m *= F(0.9)
                    m += F(0.1) * g
                    change = m / F(1 - 0.9 ** self.t) / root
            if self.decay and n.value.ndim == 2:
                change = change + F(self.decay) * n.value
            n.value -= F(rate) * change
        return norm
