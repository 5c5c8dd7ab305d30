// Belief propagation on a tree, one sample at a time, in numbers that cannot underflow.
//
// Up (Felsenstein 1981): given the state i of node v, the leaves below v show what they show with probability
//     L_v(i) = prod_{c child of v} M_c(i),    M_c(i) = sum_j P_c(i, j) L_c(j),
// because the subtrees of v's children are independent given v's state. At a leaf, L_v is the leaf's likelihood.
// Down (Pearl 1988): state i at v and what all other leaves show have the joint probability
//     D_c(j) = sum_i P_c(i, j) D_v(i) prod_{siblings b of c} M_b(i),    D_root = prior,
// so that D_v(i) L_v(i) is the joint probability of state i at v and all that is seen. The posterior law of v is that,
// times the reciprocal, which is rounded first, of its sum over i.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "bp/leaves.hpp"
#include "bp/schedule.hpp"
#include "core/rng.hpp"
#include "core/wide.hpp"
#include "graphs/channels.hpp"

namespace retrodict {

class OneSample {
 public:
  OneSample(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves);

  // L and M of sample s; then the others speak of that sample.
  void upward(std::size_t s);
  Wide evidence() const;
  // The posterior law of the root's state, nan where the evidence is impossible.
  void root(std::span<double> law) const;

  // D; then the posterior laws of any node.
  void downward();
  void marginal(std::size_t v, std::span<double> law) const;

  // States of all nodes from the posterior, downwards, one draw a node. Needs upward, and evidence that is possible.
  template <class State> void sample(Stream stream, std::span<State> states) const;

  // As upward, with the largest term for the sum; then the likeliest states, and their probability jointly with what
  // is seen. Ties go to the smallest state, at the root first.
  void upward_max(std::size_t s);
  template <class State> Wide likeliest(std::span<State> states) const;

 private:
  // A vector of q numbers for each node.
  using Vectors = std::vector<Wide>;
  std::span<Wide> of(Vectors& vectors, std::size_t v) const { return {vectors.data() + v * q_, q_}; }
  std::span<const Wide> of(const Vectors& vectors, std::size_t v) const { return {vectors.data() + v * q_, q_}; }
  template <class Through> void upward(std::size_t s, const Through& through);
  void posterior(std::span<const Wide> before, std::span<const Wide> likelihood, std::span<double> law) const;

  const Tree& tree_;
  const Channels& channels_;
  const Schedule& schedule_;
  const Leaves& leaves_;
  std::size_t q_;
  Vectors L_, M_, D_;
};

} // namespace retrodict
