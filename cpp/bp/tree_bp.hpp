// Inference on a broadcast from what its leaves show. Samples are independent and each gives the same bits whatever the
// threads and the other samples: those of the formulas of one_sample.hpp in doubles without bounds on the exponent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bp/leaves.hpp"
#include "core/simd.hpp"
#include "graphs/channels.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

// Where results go; an empty span is not written.
struct Marginals {
  std::span<double> log_evidence; // (n_samples,), natural logarithms, -inf where the evidence is impossible
  std::span<double> root;         // (n_samples, q), posterior laws, nan where the evidence is impossible
  std::span<double> nodes;        // (n_samples, n_nodes - n_leaves, q), of the internal nodes in ascending order
};

void marginals(const Tree& tree, const Channels& channels, const Leaves& leaves, std::size_t threads,
               const Marginals& out, SimdLevel level = simd_level());

// The logarithms alone, computed in float32; in doubles where leaves are given as likelihoods, where a channel or the
// prior has an entry other than 0 below 2^-40, and for samples with a message whose entries differ by more than 2^40.
void log_evidence_single(const Tree& tree, const Channels& channels, const Leaves& leaves, std::size_t threads,
                         std::span<double> out, SimdLevel level = simd_level());

// States of all nodes, (n_samples, n_nodes), drawn from their joint posterior law. Sample s draws from stream first + s
// of the seed. Where the evidence is impossible, all states are Leaves::unobserved.
template <class State>
void sample(const Tree& tree, const Channels& channels, const Leaves& leaves, std::uint64_t seed, std::uint64_t first,
            std::size_t threads, std::span<State> states);

// The likeliest states of all nodes given the evidence, ties towards the smallest state, and the logarithm of their
// joint probability with the evidence. Where the evidence is impossible, -inf and Leaves::unobserved.
template <class State>
void max_product(const Tree& tree, const Channels& channels, const Leaves& leaves, std::size_t threads,
                 std::span<State> states, std::span<double> log_score);

} // namespace retrodict
