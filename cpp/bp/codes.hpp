// Which row of each table the samples of a tile call for, from what their leaves show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bp/leaves.hpp"
#include "bp/plan.hpp"
#include "core/aligned.hpp"
#include "core/simd.hpp"

namespace retrodict {

class Codes {
 public:
  Codes(const Plan& plan, const Leaves& leaves, std::size_t q, std::size_t T, SimdLevel level);

  // Tiles are multiples of so many samples, a power of two; and what each sample takes of memory.
  static std::size_t unit(const Leaves& leaves);
  static std::size_t bytes_per_sample(const Plan& plan, const Leaves& leaves);

  // Samples begin, ..., end - 1, at most T of them; places past the last one repeat it.
  void read(std::size_t begin, std::size_t end);
  // Row numbers in table k, one for each of T samples.
  const std::uint16_t* of(std::size_t k) const { return codes_.data() + k * T_; }

 private:
  template <class State> const State* row(const State* data, std::size_t s) const;
  // Digits of a byte or two, a column of T samples for each leaf.
  template <int W, class State> void transpose(const State* data, Aligned<State>& digits);
  template <int W, class State> void number(const Aligned<State>& digits);
  // Digits of Bits bits: a byte holds those of 8 / Bits samples, and a column for each leaf has T / (8 / Bits) bytes.
  template <int W, int Bits, class State> void pack(const State* data);
  template <int W, int Bits> void number_packed();

  const Plan& plan_;
  const Leaves& leaves_;
  std::size_t q_, T_;
  SimdLevel level_;
  std::size_t begin_ = 0, end_ = 0;
  Aligned<std::uint8_t> digits8_, some_rows_;
  Aligned<std::uint16_t> digits16_, codes_;
};

} // namespace retrodict
