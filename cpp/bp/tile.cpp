#include "bp/tile.hpp"

#include <algorithm>

#include "bp/kernels.hpp"
#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

Tile::Tile(const Plan& plan, const Channels& channels, const Leaves& leaves, std::size_t T, SimdLevel level)
    : plan_(plan), channels_(channels), leaves_(leaves), q_(channels.n_states()), T_(T), pitch_(q_ * T + tuning::apart),
      level_(level), slots_(plan.n_slots * pitch_), scratch_(pitch_), piece_(q_ * kernels::widest_piece),
      least_(plan.n_slots), codes_(plan, leaves, q_, T, level), exponent_(T), wide_(T) {}

void Tile::upward(std::size_t begin, std::size_t end) {
  begin_ = begin;
  end_ = end;
  codes_.read(begin, end);
  vectorised(level_, [&]<int W>() {
    if (q_ == 2)
      walk<W, 2>();
    else if (q_ == 4)
      walk<W, 4>();
    else
      walk<W, 0>();
  });
}

int Tile::least(const Operand& operand) const {
  if (operand.kind == Operand::Kind::slot) return least_[operand.index];
  return operand.kind == Operand::Kind::table ? plan_.tables[operand.index].least : 0;
}

template <int W, int Q> void Tile::walk() {
  std::ranges::fill(exponent_, 0);
  std::ranges::fill(wide_, 0);
  const kernels::Samples samples{exponent_.data(), wide_.data()};
  double* const product = scratch_.data();
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
  const auto rows = [&](const Operand& operand) {
    return Rows<W, Q>{plan_.rows.data() + plan_.tables[operand.index].rows, codes_.of(operand.index)};
  };
  const auto message = [&](const Operand& operand) { return Message<W, Q>{slot(operand.index), T_}; };
  if constexpr (Q == 0) {
    for (std::size_t s = 0; s < T_; s += piece<W>) {
      const Entries<double> here{out + s, T_},
          product = channel == nullptr ? here : Entries<double>{piece_.data(), piece<W>};
      factor<W, false>(left, s, product);
      if (right.kind != Kind::none) factor<W, true>(right, s, product);
      if (channel != nullptr) through_piece<W>({channel, q_, 1}, {product.at, product.pitch}, q_, here);
    }
  } else if (left.kind == Kind::table) {
    const auto a = rows(left);
    if (right.kind == Kind::none)
      finish<W, Q>(Transposed<W, Q, Rows<W, Q>>{a}, channel, out);
    else if (right.kind == Kind::table)
      finish<W, Q>(Transposed<W, Q, RowPairs<W, Q>>{{a, rows(right)}}, channel, out);
    else
      finish<W, Q>(Product<W, Q, Transposed<W, Q, Rows<W, Q>>, Message<W, Q>>{{a}, message(right)}, channel, out);
  } else {
    const auto a = message(left);
    if (right.kind == Kind::none)
      finish<W, Q>(a, channel, out);
    else if (right.kind == Kind::table)
      finish<W, Q>(Product<W, Q, Message<W, Q>, Transposed<W, Q, Rows<W, Q>>>{a, {rows(right)}}, channel, out);
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

template <int W, bool Times>
void Tile::factor(const Operand& operand, std::size_t s, const kernels::Entries<double>& product) {
  if (operand.kind == Operand::Kind::slot)
    return kernels::message_piece<W, Times>({slot(operand.index) + s, T_}, q_, product);
  const Table& table = plan_.tables[operand.index];
  const double* const rows = plan_.rows.data() + table.rows;
  const std::uint16_t* const codes = codes_.of(operand.index) + s;
  if (table.turned)
    kernels::turned_rows_piece<W, Times>(rows, codes, q_, product);
  else
    kernels::rows_piece<W, Times>(rows, codes, q_, product);
}

} // namespace retrodict
