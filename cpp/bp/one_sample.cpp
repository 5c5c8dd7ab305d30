#include "bp/one_sample.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace retrodict {

namespace {

// sum_j a(j) b(j), from j = 0 on, fused: the order and the rounding of every sum of this family.
template <class A, class B> Wide dot(std::size_t q, const A& a, const B& b) {
  Wide sum = a(0) * b(0);
  for (std::size_t j = 1; j < q; ++j) sum = fma(a(j), b(j), sum);
  return sum;
}

void multiply(std::span<Wide> into, std::span<const Wide> by) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] = into[i] * by[i];
}

} // namespace

OneSample::OneSample(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves)
    : tree_(tree), channels_(channels), schedule_(schedule), leaves_(leaves), q_(channels.n_states()),
      L_(tree.n_nodes() * q_), M_(tree.n_nodes() * q_) {}

template <class Through> void OneSample::upward(std::size_t s, const Through& through) {
  std::vector<double> seen(q_);
  for (std::size_t v = tree_.n_nodes(); v-- > 0;) {
    const auto L = of(L_, v);
    if (tree_.leaf_index(v) >= 0) {
      leaves_.likelihoods(s, s + 1, static_cast<std::size_t>(tree_.leaf_index(v)), 1, seen);
      std::ranges::transform(seen, L.begin(), [](double x) { return wide(x); });
    } else {
      const auto children = schedule_.children(v);
      std::ranges::copy(of(M_, static_cast<std::size_t>(children[0])), L.begin());
      for (const auto child : children.subspan(1)) multiply(L, of(M_, static_cast<std::size_t>(child)));
    }
    if (v > 0)
      for (std::size_t i = 0; i < q_; ++i) of(M_, v)[i] = through(channels_.above(v).subspan(i * q_, q_), L);
  }
}

void OneSample::upward(std::size_t s) {
  upward(s, [&](std::span<const double> row, std::span<const Wide> L) {
    return dot(q_, [&](std::size_t j) { return wide(row[j]); }, [&](std::size_t j) { return L[j]; });
  });
}

void OneSample::upward_max(std::size_t s) {
  upward(s, [&](std::span<const double> row, std::span<const Wide> L) {
    Wide best;
    for (std::size_t j = 0; j < q_; ++j) best = std::max(best, wide(row[j]) * L[j]);
    return best;
  });
}

Wide OneSample::evidence() const {
  return dot(q_, [&](std::size_t i) { return wide(channels_.prior()[i]); }, [&](std::size_t i) { return L_[i]; });
}

void OneSample::posterior(std::span<const Wide> before, std::span<const Wide> likelihood, std::span<double> law) const {
  const Wide z = dot(q_, [&](std::size_t i) { return before[i]; }, [&](std::size_t i) { return likelihood[i]; });
  for (std::size_t i = 0; i < q_; ++i) law[i] = scaled(before[i] * likelihood[i], z.e) * (1 / z.m);
}

void OneSample::root(std::span<double> law) const {
  Vectors prior(q_);
  std::ranges::transform(channels_.prior(), prior.begin(), [](double x) { return wide(x); });
  posterior(prior, of(L_, 0), law);
}

void OneSample::downward() {
  D_.resize(L_.size());
  std::ranges::transform(channels_.prior(), D_.begin(), [](double x) { return wide(x); });
  Vectors after; // after[k]: the product of what the children past the k-th say
  Vectors rest(q_);
  for (std::size_t v = 0; v < tree_.n_nodes(); ++v) {
    const auto children = schedule_.children(v);
    after.assign(children.size() * q_, {1, 0});
    for (std::size_t k = children.size(); k-- > 1;) {
      std::ranges::copy(of(after, k), of(after, k - 1).begin());
      multiply(of(after, k - 1), of(M_, static_cast<std::size_t>(children[k])));
    }
    Vectors before(of(D_, v).begin(), of(D_, v).end());
    std::size_t k = 0;
    for (const auto id : children) {
      const auto child = static_cast<std::size_t>(id);
      rest = before;
      multiply(rest, of(after, k++));
      const auto channel = channels_.above(child);
      for (std::size_t j = 0; j < q_; ++j)
        of(D_, child)[j] =
            dot(q_, [&](std::size_t i) { return wide(channel[i * q_ + j]); }, [&](std::size_t i) { return rest[i]; });
      multiply(before, of(M_, child));
    }
  }
}

void OneSample::marginal(std::size_t v, std::span<double> law) const { posterior(of(D_, v), of(L_, v), law); }

template <class State> void OneSample::sample(Stream stream, std::span<State> states) const {
  Vectors weights(q_);
  std::vector<double> sums(q_);
  for (std::size_t v = 0; v < states.size(); ++v) {
    const auto law = v == 0 ? channels_.prior()
                            : channels_.above(v).subspan(states[static_cast<std::size_t>(tree_.parent()[v])] * q_, q_);
    for (std::size_t i = 0; i < q_; ++i) weights[i] = wide(law[i]) * of(L_, v)[i];
    const Wide top = *std::max_element(weights.begin(), weights.end());
    double sum = 0;
    for (std::size_t i = 0; i < q_; ++i) sums[i] = sum += scaled(weights[i], top.e);
    // u < 1 - 2^-54, so the product stays below the last sum.
    const double at = stream.next_double() * sum;
    states[v] = static_cast<State>(std::ranges::upper_bound(sums, at) - sums.begin());
  }
}

template <class State> Wide OneSample::likeliest(std::span<State> states) const {
  Wide score;
  for (std::size_t v = 0; v < states.size(); ++v) {
    const auto law = v == 0 ? channels_.prior()
                            : channels_.above(v).subspan(states[static_cast<std::size_t>(tree_.parent()[v])] * q_, q_);
    Wide best;
    states[v] = 0;
    for (std::size_t i = 0; i < q_; ++i)
      if (const Wide weight = wide(law[i]) * of(L_, v)[i]; best < weight) {
        best = weight;
        states[v] = static_cast<State>(i);
      }
    if (v == 0) score = best;
  }
  return score;
}

template void OneSample::sample(Stream, std::span<std::uint8_t>) const;
template void OneSample::sample(Stream, std::span<std::uint16_t>) const;
template Wide OneSample::likeliest(std::span<std::uint8_t>) const;
template Wide OneSample::likeliest(std::span<std::uint16_t>) const;

} // namespace retrodict
