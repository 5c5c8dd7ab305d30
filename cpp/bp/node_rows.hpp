// Laws of consecutive nodes for a tile of samples, which come node by node, brought into rows that a sample has for
// itself: collected while they fit the first cache, turned, and written a whole cache line at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/aligned.hpp"
#include "core/simd.hpp"
#include "core/tuning.hpp"

namespace retrodict {

class NodeRows {
 public:
  // Rows of which q entries come at a time, for T samples.
  NodeRows(std::size_t q, std::size_t T, bool past_caches)
      : q_(q), T_(T), most_(tuning::entries_in_turn / q > 0 ? tuning::entries_in_turn / q * q : q),
        pitch_(line + (most_ + line - 1) / line * line), past_caches_(past_caches), laws_(most_ * T),
        turned_(pitch_ * T), at_(T), waiting_(T) {}

  // The rows are in `out`, n entries each; no more than T.
  void start(std::span<double> out, std::size_t n) {
    n_samples_ = out.size() / n;
    for (std::size_t s = 0; s < n_samples_; ++s) at_[s] = out.data() + s * n;
    std::ranges::fill(waiting_, 0);
  }

  // Where the next law goes: entry i of sample s at [i * T + s].
  template <int W> double* next() {
    if (collected_ + q_ > most_) turn<W>();
    double* const law = laws_.data() + collected_ * T_;
    collected_ += q_;
    return law;
  }

  // After the last one.
  template <int W> void finish() {
    turn<W>();
    for (std::size_t s = 0; s < n_samples_; ++s) std::copy_n(turned(s) + line - waiting_[s], waiting_[s], at_[s]);
    if (past_caches_) simd::stored_past_caches();
  }

 private:
  static constexpr std::size_t line = 8; // doubles

  double* turned(std::size_t s) { return turned_.data() + s * pitch_; }

  template <int W> void turn() {
    for (std::size_t s = 0; s < T_; s += W) {
      std::size_t r = 0;
      for (; r + W <= collected_; r += W) {
        simd::Doubles<W> x[W];
#pragma GCC unroll 8
        for (std::size_t k = 0; k < W; ++k) x[k] = simd::load<W>(laws_.data() + (r + k) * T_ + s);
        simd::transpose<W>(x);
#pragma GCC unroll 8
        for (std::size_t k = 0; k < W; ++k) simd::store(turned(s + k) + line + r, x[k]);
      }
      for (; r < collected_; ++r)
        for (std::size_t k = 0; k < W; ++k) turned(s + k)[line + r] = laws_.data()[r * T_ + s + k];
    }
    for (std::size_t s = 0; s < n_samples_; ++s) write<W>(s);
    collected_ = 0;
  }

  // Whole lines of what waits and what has been turned; what is left over waits. The first line may start earlier.
  template <int W> void write(std::size_t s) {
    const std::size_t n = waiting_[s] + collected_;
    const double* const from = turned(s) + line - waiting_[s];
    double* const to = at_[s];
    std::size_t k = 0;
    for (; k < n && reinterpret_cast<std::uintptr_t>(to + k) % (line * sizeof(double)) != 0; ++k) to[k] = from[k];
    for (; k + line <= n; k += line)
      for (std::size_t j = k; j < k + line; j += W) {
        if (past_caches_)
          simd::store_past_caches<W>(to + j, simd::load<W>(from + j));
        else
          simd::store(to + j, simd::load<W>(from + j));
      }
    at_[s] += k;
    waiting_[s] = n - k;
    std::memmove(turned(s) + line - waiting_[s], from + k, waiting_[s] * sizeof(double));
  }

  std::size_t q_, T_, most_, pitch_; // at most so many entries are collected
  bool past_caches_;
  Aligned<double> laws_, turned_; // in a row: up to 7 entries that have not filled a line, then those of `laws`
  std::size_t collected_ = 0, n_samples_ = 0;
  std::vector<double*> at_; // of each sample: where the entries that wait go, and how many they are
  std::vector<std::size_t> waiting_;
};

} // namespace retrodict
