// Sines, exponentials and logarithms of vectors of doubles. Every operation is rounded as IEEE 754 says, in one order,
// so that a number has the same image in vectors of any width.
//
// Polynomials interpolate at Chebyshev nodes, in 50 digits, then rounded; the first terms of each series are kept
// exact. Their relative errors on the reduced intervals are below 2^-55.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/simd.hpp"

namespace retrodict::elementary {

using simd::Doubles;
using simd::fma;
using simd::splat;
using simd::Unsigned;
using simd::Words;

// c[0] + c[1] x + ..., by Horner's rule.
template <int W, std::size_t N> Doubles<W> polynomial(const std::array<double, N>& c, const Doubles<W>& x) {
  Doubles<W> sum = splat<W>(c[N - 1]);
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    ((sum = fma<W>(sum, x, splat<W>(c[N - 2 - K]))), ...);
  }(std::make_index_sequence<N - 1>{});
  return sum;
}

template <int W> Doubles<W> magnitude(const Doubles<W>& x) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  return simd::from_bits<W>(simd::unsigned_bits<W>(x) & ~sign);
}

// Added and taken off again it rounds to an integer, which then stands in the low bits of the sum.
inline constexpr double rounder = 0x1.8p52;

template <int W> struct SineCosine {
  Doubles<W> sine, cosine;
};

// Of high + low, |high| <= pi/4, low at most half a unit in the last place of high.
template <int W> SineCosine<W> reduced_sine_cosine(const Doubles<W>& high, const Doubles<W>& low) {
  // (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4 in r^2
  constexpr std::array s{-0x1.5555555555555p-3, 0x1.1111111110bb1p-7,   -0x1.a01a019e8357dp-13,
                         0x1.71de37961e4c6p-19, -0x1.ae600a926c89ap-26, 0x1.5e0af186af739p-33};
  constexpr std::array c{0x1.5555555555555p-5,   -0x1.6c16c16c16966p-10, 0x1.a01a019f4e867p-16,
                         -0x1.27e4fa17a41b4p-22, 0x1.1eeb68b109173p-29,  -0x1.907d7aebd5e3dp-37};
  const Doubles<W> square = high * high, half = square * 0.5, rest = 1.0 - half;
  const Doubles<W> tail = fma<W>(square * square, polynomial<W>(c, square), -(high * low));
  return {high + fma<W>(high * square, polynomial<W>(s, square), low), rest + (((1.0 - rest) - half) + tail)};
}

// Turns the sine and cosine of an angle by `quarters` (its low two bits) quarter turns.
template <int W> SineCosine<W> turned(const SineCosine<W>& x, const Unsigned<W>& quarters) {
  const Words<W> odd = -reinterpret_cast<Words<W>>(quarters & 1);
  const Doubles<W> sine = odd ? x.cosine : x.sine, cosine = odd ? x.sine : x.cosine;
  return {simd::from_bits<W>(simd::unsigned_bits<W>(sine) ^ ((quarters & 2) << 62)),
          simd::from_bits<W>(simd::unsigned_bits<W>(cosine) ^ (((quarters + 1) & 2) << 62))};
}

// Up to here the reduction below loses nothing; beyond, ask libm.
inline constexpr double largest_angle = 0x1p20;

// For |t| <= largest_angle; nan for what is not finite. pi/2 comes off in three parts, so that high + low is right to
// 2^-117 even where t is next to a multiple of it. The first difference is exact. The second part has 30 bits and n at
// most 20: where |first| < 2^-33 the difference `high` is exact, and elsewhere what rounding took from it is found
// without error.
template <int W> SineCosine<W> sine_cosine(const Doubles<W>& t) {
  const Doubles<W> sum = fma<W>(t, splat<W>(0x1.45f306dc9c883p-1), splat<W>(rounder)), n = -(sum - rounder);
  const Doubles<W> first = fma<W>(n, splat<W>(0x1.921fb54442d18p+0), t);
  const Doubles<W> second = splat<W>(0x1.1a62633000000p-54), high = fma<W>(n, second, first);
  const Doubles<W> low = fma<W>(n, splat<W>(0x1.45c06e0e68948p-86), fma<W>(n, second, first - high));
  return turned<W>(reduced_sine_cosine<W>(high, low), simd::unsigned_bits<W>(sum));
}

// Of 2 pi a, for multiples a of 2^-52 in [0, 1], which are given as 1 + a: quarter turns come off without error.
template <int W> SineCosine<W> sine_cosine_of_turns(const Doubles<W>& one_plus_a) {
  const Doubles<W> quarters = one_plus_a * 4.0, sum = quarters + rounder; // 4 quarters more change nothing
  return turned<W>(reduced_sine_cosine<W>((quarters - (sum - rounder)) * 0x1.921fb54442d18p+0, Doubles<W>{}),
                   simd::unsigned_bits<W>(sum));
}

template <int W> struct Exponential {
  Doubles<W> value, less_one;
};

// exp x and exp x - 1, x <= 0. Below -708, near the least normal double, exp x is as at -708.
template <int W> Exponential<W> exponential(const Doubles<W>& t) {
  // (exp r - 1 - r - r^2 / 2) / r^3
  constexpr std::array e{0x1.5555555555556p-3,  0x1.5555555555555p-5,  0x1.11111111109b3p-7,  0x1.6c16c16c167e1p-10,
                         0x1.a01a01a7c41d5p-13, 0x1.a01a01a47b054p-16, 0x1.71de0dae63bb3p-19, 0x1.27e4e1f48534fp-22,
                         0x1.af38a9b0ec855p-26, 0x1.1f66df7fca49fp-29};
  const Doubles<W> least = splat<W>(-708), x = t < least ? least : t;
  const Doubles<W> sum = fma<W>(x, splat<W>(0x1.71547652b82fep+0), splat<W>(rounder)), n = -(sum - rounder);
  const Doubles<W> r = fma<W>(n, splat<W>(0x1.abc9e3b39803fp-56), fma<W>(n, splat<W>(0x1.62e42fefa39efp-1), x));
  const Doubles<W> p = fma<W>(r * r, fma<W>(r, polynomial<W>(e, r), splat<W>(0.5)), r); // exp r - 1
  const Doubles<W> power = simd::from_bits<W>((simd::unsigned_bits<W>(sum) + 1023) << 52);
  return {fma<W>(power, p, power), fma<W>(power, p, power - 1.0)};
}

// log(1 + f) = f - s (f - s^2 L(s^2)), s = f / (2 + f): 2 artanh s, with what is lost in s made small.
template <int W, std::size_t N> Doubles<W> log_one_plus(const Doubles<W>& f, const std::array<double, N>& series) {
  const Doubles<W> s = f / (2.0 + f), square = s * s;
  return fma<W>(-s, fma<W>(-square, polynomial<W>(series, square), f), f);
}

// log(1 + f) for -1/2 <= f <= 1, |s| <= 1/3 in both directions.
template <int W> Doubles<W> log_one_plus_small(const Doubles<W>& f) {
  constexpr std::array series{0x1.5555555555555p-1, 0x1.999999999a3ddp-2, 0x1.24924923d44c6p-2, 0x1.c71c727143318p-3,
                              0x1.745cf0b0e03bdp-3, 0x1.3b18b294bebf9p-3, 0x1.10ac75dc602b1p-3, 0x1.eb905e8575054p-4,
                              0x1.687a6e7c95176p-4, 0x1.4b0a26c5f2aefp-3};
  return log_one_plus<W>(f, series);
}

// For 2^-1000 <= u <= 1: u = 2^k m, m in [sqrt(1/2), sqrt 2).
template <int W> Doubles<W> logarithm(const Doubles<W>& u) {
  constexpr std::array series{0x1.5555555555558p-1, 0x1.99999999952d7p-2, 0x1.2492492df281ap-2, 0x1.c71c62e3f11e6p-3,
                              0x1.7462b51cb66b1p-3, 0x1.39fe51a7c18f9p-3, 0x1.2b5900de53b32p-3};
  constexpr std::uint64_t root = 0x3fe6a09e667f3bcd, one = std::uint64_t{1023} << 52,
                          two_52 = std::uint64_t{1075} << 52;
  const Unsigned<W> exponent = (simd::unsigned_bits<W>(u) - root + one) >> 52; // k + 1023
  const Doubles<W> k = simd::from_bits<W>(exponent | two_52) - (0x1p52 + 1023);
  const Doubles<W> m = simd::from_bits<W>(simd::unsigned_bits<W>(u) - (exponent << 52) + one);
  return fma<W>(k, splat<W>(0x1.62e42fefa39efp-1),
                fma<W>(k, splat<W>(0x1.abc9e3b39803fp-56), log_one_plus<W>(m - 1.0, series)));
}

} // namespace retrodict::elementary
