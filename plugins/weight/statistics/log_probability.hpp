// SPDX-License-Identifier: MIT
// Tail bounds in log10, so that 10^-40,000 is a number like any other.
#pragma once

#include <cstddef>
#include <span>

namespace pedigree::weight {

/// ln(n!).
double log_factorial(double n);

/// Fixed points of a partial matching (W2). Of `units` labels, `matched` pairs (i, j) form a
/// matching and `fixed` of them have i = j. When the labels of one side are exchangeable,
/// P(F >= k) <= [M]_k / ([h]_k k!): the k-th factorial moment and Markov's inequality.
/// Preconditions: fixed <= matched <= units. With unequal sides `units` is the larger one.
/// Answers log10 of the bound, 0 at most. O(1).
double fixed_point_log10_p(std::size_t units, std::size_t matched, std::size_t fixed);

/// Fixed points summed over independent matchings (layers: the symmetry is the product group).
/// `expected` is the sum of M/h; factorial moments are at most those of Poisson(expected), hence
/// P(K >= k) <= exp(k - expected - k ln(k / expected)) for k > expected.
double joint_fixed_point_log10_p(double expected, std::size_t fixed);

/// Longest increasing subsequence of a uniform permutation of `matched` (W7):
/// P(L >= l) <= C(m, l) / l!, the expected number of increasing subsequences of that length.
double increasing_run_log10_p(std::size_t matched, std::size_t longest);

/// Signs of `pairs` matched things, `agreeing` of them equal (two-sided exact binomial tail). When every
/// sign is a fair coin, P = 2 P(Bin(n, 1/2) >= max(k, n - k)). O(pairs).
double sign_coherence_log10_p(std::size_t pairs, std::size_t agreeing);

/// Bonferroni: `tests` p-values were looked at and the best one is reported.
double corrected_log10_p(double log10_p, double tests);

/// Independent tests of one hypothesis (each exact given all that the others saw), joined as Fisher did:
/// P(p_1 ... p_k <= x) = x sum_{i<k} (-ln x)^i / i! for uniform p, at most that for larger ones.
double joined_log10_p(std::span<const double> log10_p);

/// W4, an assumption rather than an exact test: trace of the best signed permutation inside a
/// Haar-distributed orthogonal n x n matrix; ln p <= ln n! + n ln 2 - trace^2 / 2 (moments of
/// Tr U are at most Gaussian: Rains 1997; union over signed permutations).
double haar_trace_log10_p(std::size_t n, double trace);

}  // namespace pedigree::weight
