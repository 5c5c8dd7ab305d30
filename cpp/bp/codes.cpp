#include "bp/codes.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "core/tuning.hpp"

namespace retrodict {

namespace {

// Rows that simd::transpose takes of bytes.
constexpr std::size_t rows_together = 16;

// Lanes of 8 / Bits bytes, one from each leaf of a table: as squares of 8 / Bits by 8 / Bits digits they are
// transposed, so that each byte then holds the digits of one sample.
template <int Bits, int W> auto flip(simd::Lanes<8 / Bits, W> x) {
  const auto swap = [&](auto mask, int distance) {
    const auto t = (x ^ (x >> distance)) & mask;
    x = x ^ t ^ (t << distance);
  };
  if constexpr (Bits == 1) {
    swap(0x00aa00aa00aa00aau, 7);
    swap(0x0000cccc0000ccccu, 14);
    swap(0x00000000f0f0f0f0u, 28);
  } else {
    swap(0x00cc00ccu, 6);
    swap(0x0000f0f0u, 12);
  }
  return x;
}

} // namespace

Codes::Codes(const Plan& plan, const Leaves& leaves, std::size_t q, std::size_t T, SimdLevel level)
    : plan_(plan), leaves_(leaves), q_(q), T_(T), level_(level), codes_(plan.tables.size() * T) {
  const std::size_t columns = simd::whole_bytes(leaves.n_leaves());
  if (const int bits = leaves.bits(); bits > 0) {
    digits8_.resize(columns * T * static_cast<std::size_t>(bits) / 8);
    some_rows_.resize(columns * rows_together);
  } else if (std::holds_alternative<std::span<const std::uint8_t>>(leaves.entries())) {
    digits8_.resize(leaves.n_leaves() * T);
  } else if (std::holds_alternative<std::span<const std::uint16_t>>(leaves.entries())) {
    digits16_.resize(leaves.n_leaves() * T);
  }
}

std::size_t Codes::unit(const Leaves& leaves) {
  return leaves.bits() > 0 ? rows_together * 8 / static_cast<std::size_t>(leaves.bits()) : 32;
}

std::size_t Codes::bytes_per_sample(const Plan& plan, const Leaves& leaves) {
  const std::size_t bits = leaves.bits() > 0 ? static_cast<std::size_t>(leaves.bits()) : 16;
  return leaves.n_leaves() * bits / 8 + plan.tables.size() * sizeof(std::uint16_t);
}

void Codes::read(std::size_t begin, std::size_t end) {
  begin_ = begin;
  end_ = end;
  std::visit(
      [&]<class State>(std::span<const State> data) {
        if constexpr (!std::is_same_v<State, double>)
          vectorised(level_, [&]<int W>() {
            if (leaves_.bits() == 1) {
              pack<W, 1>(data.data());
              number_packed<W, 1>();
            } else if (leaves_.bits() == 2) {
              pack<W, 2>(data.data());
              number_packed<W, 2>();
            } else if constexpr (std::is_same_v<State, std::uint8_t>) {
              transpose<W>(data.data(), digits8_);
              number<W>(digits8_);
            } else {
              transpose<W>(data.data(), digits16_);
              number<W>(digits16_);
            }
          });
      },
      leaves_.entries());
}

template <class State> const State* Codes::row(const State* data, std::size_t s) const {
  return data + std::min(begin_ + s, end_ - 1) * leaves_.n_leaves();
}

// In groups of columns, of which the next one is fetched ahead of its use.
template <int W, class State> void Codes::transpose(const State* data, Aligned<State>& digits) {
  constexpr std::size_t rows = 16 / sizeof(State);
  const std::size_t n = leaves_.n_leaves();
  for (std::size_t first = 0; first < n; first += tuning::columns) {
    const std::size_t width = std::min(tuning::columns, n - first);
    for (std::size_t s = 0; s < T_; s += rows) {
      State* out = digits.data() + first * T_ + s;
      if (begin_ + s + rows <= end_) {
        const State* in = row(data, s) + first;
        for (std::size_t r = 0; r < rows; ++r) tuning::fetch(in + r * n + tuning::columns, tuning::columns);
        simd::transpose<W>(in, n, width, out, T_);
      } else {
        for (std::size_t k = 0; k < width; ++k)
          for (std::size_t r = 0; r < rows; ++r) out[k * T_ + r] = row(data, s + r)[first + k];
      }
    }
  }
}

// "Unobserved" becomes the last digit, q.
template <int W, class State> void Codes::number(const Aligned<State>& digits) {
  const simd::Shorts<W> missing = simd::Shorts<W>{} + Leaves::unobserved<State>;
  const simd::Shorts<W> last = simd::Shorts<W>{} + static_cast<std::uint16_t>(q_);
  for (std::size_t t = 0; t < plan_.tables.size(); ++t) {
    const Table& table = plan_.tables[t];
    for (std::size_t s = 0; s < T_; s += 4 * W) {
      simd::Shorts<W> code{};
      for (std::size_t k = table.first_leaf; k < table.first_leaf + table.n_leaves; ++k) {
        const simd::Shorts<W> digit = simd::load_shorts<W>(digits.data() + std::size_t{plan_.leaves[k]} * T_ + s);
        code = code * static_cast<std::uint16_t>(plan_.radices[k]) + (digit == missing ? last : digit);
      }
      simd::store(codes_.data() + t * T_ + s, code);
    }
  }
}

// A row at a time, as memory likes it; only what is left of it, an eighth or a quarter, is transposed.
template <int W, int Bits, class State> void Codes::pack(const State* data) {
  constexpr std::size_t together = 8 / Bits, width = 8 * W;
  const std::size_t n = leaves_.n_leaves(), pitch = simd::whole_bytes(n), column = T_ / together;
  const auto last = static_cast<std::uint8_t>(q_);
  simd::Bytes<W> largest{};
  const State* rows[together];
  for (std::size_t first = 0; first < column; first += rows_together) {
    for (std::size_t p = 0; p < rows_together; ++p) {
      for (std::size_t r = 0; r < together; ++r) rows[r] = row(data, (first + p) * together + r);
      std::uint8_t* const out = some_rows_.data() + p * pitch;
      if (n >= width) {
        for (std::size_t at = 0; at < n; at += width) {
          const std::size_t k = std::min(at, n - width);
          simd::Bytes<W> byte{};
          for (std::size_t r = together; r-- > 0;) {
            __builtin_prefetch(rows[r] + k + tuning::bytes_ahead / sizeof(State));
            const simd::Bytes<W> digit = simd::load_bytes<W>(rows[r] + k);
            for (int bit = 0; bit < Bits; ++bit) byte += byte;
            byte |= digit < last ? digit : simd::Bytes<W>{} + last;
            largest = digit > largest ? digit : largest;
          }
          simd::store(out + k, byte);
        }
      } else {
        for (std::size_t k = 0; k < n; ++k) {
          unsigned byte = 0;
          for (std::size_t r = together; r-- > 0;) {
            const auto digit = static_cast<std::uint8_t>(std::min<unsigned>(rows[r][k], last));
            byte = byte << Bits | digit;
            largest[0] = std::max<std::uint8_t>(largest[0], digit);
          }
          out[k] = static_cast<std::uint8_t>(byte);
        }
      }
    }
    simd::transpose<W>(some_rows_.data(), pitch, pitch, digits8_.data() + first, column);
  }
  if (!leaves_.is_unread()) return;
  for (int l = 0; l < 8 * W; ++l)
    if (largest[l] >= last) throw Leaves::Unforeseen{};
}

template <int W, int Bits> void Codes::number_packed() {
  constexpr std::size_t together = 8 / Bits, lanes = 8 * W / together;
  const std::size_t column = T_ / together;
  for (std::size_t t = 0; t < plan_.tables.size(); ++t) {
    const Table& table = plan_.tables[t];
    for (std::size_t p = 0; p < column; p += lanes) {
      simd::Lanes<together, W> x{};
      for (std::size_t k = table.first_leaf; k < table.first_leaf + table.n_leaves; ++k)
        x = (x << 8) | simd::load_lanes<together, W>(digits8_.data() + std::size_t{plan_.leaves[k]} * column + p);
      x = flip<Bits, W>(x);
      std::uint8_t each[8 * W];
      simd::store(each, x);
      std::uint16_t* const out = codes_.data() + t * T_ + p * together;
      for (int half = 0; half < 2; ++half) simd::store(out + half * 4 * W, simd::load_shorts<W>(each + half * 4 * W));
    }
  }
}

} // namespace retrodict
