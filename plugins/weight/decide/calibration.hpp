// SPDX-License-Identifier: MIT
// Every threshold of the weight decision in one place, with what it rests on.
#pragma once

namespace pedigree::weight::calibration {

/// A decisive exact test (design: log10 p <= -12 after every correction).
inline constexpr double kDecisive = -12;

/// Caps on |log10 LR| (methods 5.3).
inline constexpr double kExactCap = 6;
inline constexpr double kCalibratedCap = 3;

/// Shared seed: the bulk is kept and the leading directions are not. Zoo: 11 pairs of one seed have
/// top/bulk <= 0.5; 45 descendants >= 0.9.
inline constexpr double kSeedRatio = 0.7;
inline constexpr double kSeedGap = 0.1;

/// Attention alone must keep what was learned as well as the rest: descendants' ratios are 0.9 and more, a start that
/// everybody computes alike (cosine matrices) stays below.
inline constexpr double kLearnedKept = 0.9;

/// Component counts as derived from this share of its layers on; below it is partial.
inline constexpr double kDerivedLayers = 0.75;

/// A few units that are close copies, in layers that are otherwise new: a part was reused. (A merge or long training
/// leaves few units too, but none of them close.)
inline constexpr double kFewUnits = 0.3;
inline constexpr double kCloseUnits = 0.5;

/// Embedding rows after the best rotation, held-out tokens. Independent zoo models trained on the
/// same data with the same tokenizer reach 0.58, and wider models of one recipe may come closer; reuse
/// without rotation is decided by the exact axis test instead. The ratio grows from 1 at the threshold
/// to the cap at a cosine of 1.
inline constexpr double kRotatedEmbedding = 0.8;
inline constexpr double kRotatedSlope = 10;

/// Embedding rows under the map found from hidden units, which saw no token: 0 expected.
inline constexpr double kMappedEmbedding = 0.15;

/// Largest mean unbiased CKA of q and k between independent zoo models of one width, any map; shown beside the measure.
inline constexpr double kStrangersCka = 0.02;

/// Heads: mean best cosine of C_vo and C_qk.
inline constexpr double kHeadSimilarity = 0.45;

/// A merge shrinks every matrix by one factor; training leaves factors that differ from matrix to matrix. Zoo: spread
/// of the coefficients 0.02 at most in merges of strangers, 0.036 and more in trained descendants.
inline constexpr double kMergeSpread = 0.03;
inline constexpr double kMergeWeight = 0.95;

/// More than this is no usual fine-tuning (zoo: heavy 0.42 at most, one more pretraining run 0.73).
inline constexpr double kHeavyChange = 0.5;

/// "Nothing found" is worth at most this much: 36 related zoo pairs, none missed, so the miss rate
/// is bounded by 3/36 (95 %).
inline constexpr double kNegativeCap = -1.1;

}  // namespace pedigree::weight::calibration
