#include "bp/tile.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "bp/kernels.hpp"
#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

Tile::Tile(const Plan& plan, const Channels& channels, const Leaves& leaves, std::size_t T, SimdLevel level)
    : plan_(plan), channels_(channels), leaves_(leaves), q_(channels.n_states()), T_(T), pitch_(q_ * T + tuning::apart),
      level_(level), slots_(plan.n_slots * pitch_), scratch_(2 * pitch_), least_(plan.n_slots),
      read_(leaves.n_leaves() / tuning::columns + 1), exponent_(T), wide_(T) {
  const std::size_t cells = leaves.n_leaves() * T;
  if (std::holds_alternative<std::span<const std::uint8_t>>(leaves.entries())) states8_.resize(cells);
  if (std::holds_alternative<std::span<const std::uint16_t>>(leaves.entries())) states16_.resize(cells);
  for (auto& codes : codes_) codes.resize(T);
}

void Tile::upward(std::size_t begin, std::size_t end) {
  begin_ = begin;
  end_ = end;
  vectorised(level_, [&]<int W>() {
    if (q_ == 2)
      walk<W, 2>();
    else if (q_ == 4)
      walk<W, 4>();
    else
      walk<W, 0>();
  });
}

// Transposes a group of columns, in which places past the last sample repeat it, and fetches the next group ahead of
// its use: leaves that are near in the tree are mostly near in number.
template <int W, class State>
void Tile::read_group(std::span<const State> data, std::size_t group, std::vector<State>& states) {
  constexpr std::size_t rows = 16 / sizeof(State);
  const std::size_t n = leaves_.n_leaves(), first = group * tuning::columns,
                    width = std::min(tuning::columns, n - first);
  for (std::size_t s = 0; s < T_; s += rows) {
    const State* in = data.data() + (begin_ + s) * n + first;
    State* out = states.data() + first * T_ + s;
    if (begin_ + s + rows <= end_) {
      for (std::size_t r = 0; r < rows; ++r) tuning::fetch(in + r * n + tuning::columns, tuning::columns);
      simd::transpose<W>(in, n, width, out, T_);
    } else {
      for (std::size_t k = 0; k < width; ++k)
        for (std::size_t r = 0; r < rows; ++r)
          out[k * T_ + r] = data[std::min(begin_ + s + r, end_ - 1) * n + first + k];
    }
  }
}

// "Unobserved" becomes the last digit, q.
template <int W> void Tile::read_codes(const Table& table, std::uint16_t* codes) {
  const auto read = [&]<class State>(std::span<const State> data, std::vector<State>& states) {
    const simd::Shorts<W> missing = simd::Shorts<W>{} + Leaves::unobserved<State>;
    const simd::Shorts<W> last = simd::Shorts<W>{} + static_cast<std::uint16_t>(q_);
    const std::size_t end = table.first_leaf + table.n_leaves;
    for (std::size_t k = table.first_leaf; k < end; ++k) {
      const std::size_t group = plan_.leaves[k] / tuning::columns;
      if (read_[group]) continue;
      read_group<W>(data, group, states);
      read_[group] = true;
    }
    for (std::size_t s = 0; s < T_; s += 4 * W) {
      simd::Shorts<W> code{};
      for (std::size_t k = table.first_leaf; k < end; ++k) {
        const simd::Shorts<W> digit = simd::load_shorts<W>(states.data() + std::size_t{plan_.leaves[k]} * T_ + s);
        code = code * static_cast<std::uint16_t>(plan_.radices[k]) + (digit == missing ? last : digit);
      }
      simd::store(codes + s, code);
    }
  };
  if (const auto* bytes = std::get_if<std::span<const std::uint8_t>>(&leaves_.entries())) read(*bytes, states8_);
  if (const auto* words = std::get_if<std::span<const std::uint16_t>>(&leaves_.entries())) read(*words, states16_);
}

int Tile::least(const Operand& operand) const {
  if (operand.kind == Operand::Kind::slot) return least_[operand.index];
  return operand.kind == Operand::Kind::table ? plan_.tables[operand.index].least : 0;
}

template <int W, int Q> void Tile::walk() {
  std::ranges::fill(exponent_, 0);
  std::ranges::fill(wide_, 0);
  std::ranges::fill(read_, false);
  const kernels::Samples samples{exponent_.data(), wide_.data()};
  double* const product = scratch(0);
  for (const Step& step : plan_.steps) {
    double* const out = slot(step.out);
    int& bound = least_[step.out];
    if (step.left.kind == Operand::Kind::likelihood) {
      leaves_.likelihoods(begin_, end_, step.left.index, T_, {product, q_ * T_});
      bound = kernels::normalise<W>(product, q_, T_, safe_exponent, samples) + step.least;
      finish<W, Q>(kernels::Message<W, Q>{product, T_}, step.channel, out);
    } else {
      bound = least(step.left) + least(step.right) + step.least;
      if (bound >= safe_exponent) {
        combine<W, Q>(step.left, step.right, step.channel, out);
      } else {
        combine<W, Q>(step.left, step.right, nullptr, product);
        bound = kernels::normalise<W>(product, q_, T_, safe_exponent, samples) + step.least;
        finish<W, Q>(kernels::Message<W, Q>{product, T_}, step.channel, out);
      }
    }
    if (bound < safe_exponent) bound = kernels::normalise<W>(out, q_, T_, safe_exponent, samples);
  }
}

template <int W, int Q>
void Tile::combine(const Operand& left, const Operand& right, const double* channel, double* out) {
  using namespace kernels;
  using Kind = Operand::Kind;
  const auto rows = [&](const Operand& operand, std::size_t which) {
    const Table& table = plan_.tables[operand.index];
    read_codes<W>(table, codes_[which].data());
    return Rows<W, Q>{plan_.rows.data() + table.rows, codes_[which].data()};
  };
  const auto message = [&](const Operand& operand) { return Message<W, Q>{slot(operand.index), T_}; };
  if constexpr (Q == 0) {
    const double* const x = expand<W>(left, scratch(0));
    if (right.kind == Kind::none) return finish<W, Q>(Message<W, Q>{x, T_}, channel, out);
    const double* const y = expand<W>(right, scratch(1));
    double* const product = channel == nullptr ? out : scratch(0);
    for (std::size_t k = 0; k < q_ * T_; ++k) product[k] = x[k] * y[k];
    if (channel != nullptr) finish<W, Q>(Message<W, Q>{product, T_}, channel, out);
  } else if (left.kind == Kind::table) {
    const auto a = rows(left, 0);
    if (right.kind == Kind::none)
      finish<W, Q>(Transposed<W, Q, Rows<W, Q>>{a}, channel, out);
    else if (right.kind == Kind::table)
      finish<W, Q>(Transposed<W, Q, RowPairs<W, Q>>{{a, rows(right, 1)}}, channel, out);
    else
      finish<W, Q>(Product<W, Q, Transposed<W, Q, Rows<W, Q>>, Message<W, Q>>{{a}, message(right)}, channel, out);
  } else {
    const auto a = message(left);
    if (right.kind == Kind::none)
      finish<W, Q>(a, channel, out);
    else if (right.kind == Kind::table)
      finish<W, Q>(Product<W, Q, Message<W, Q>, Transposed<W, Q, Rows<W, Q>>>{a, {rows(right, 0)}}, channel, out);
    else
      finish<W, Q>(Product<W, Q, Message<W, Q>, Message<W, Q>>{a, message(right)}, channel, out);
  }
}

template <int W, int Q, class Product> void Tile::finish(const Product& product, const double* channel, double* out) {
  if constexpr (Q > 0) {
    if (channel == nullptr)
      kernels::copy<W, Q>(product, T_, out);
    else
      kernels::through<W, Q>(channel, product, T_, out);
  } else if (channel == nullptr) {
    std::copy_n(product.at, q_ * T_, out);
  } else {
    kernels::through_any<W>({channel, q_, 1}, product.at, q_, T_, out);
  }
}

template <int W> const double* Tile::expand(const Operand& operand, double* into) {
  if (operand.kind == Operand::Kind::slot) return slot(operand.index);
  const Table& table = plan_.tables[operand.index];
  read_codes<W>(table, codes_[0].data());
  kernels::rows_any(plan_.rows.data() + table.rows, codes_[0].data(), q_, T_, into);
  return into;
}

} // namespace retrodict
