// Instruction sets, chosen when a function is called: the one place that names them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

// Before a function's definition: it is compiled once for each of these, and the loader picks the best that runs here.
// The loops inside are plain C++ for the compiler to vectorise; the results are the same bits in each version as long
// as nothing in them is a sum of floats. Sanitizers run before the loader's choice can be made, so they get one
// version.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define RETRODICT_MULTIVERSION __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define RETRODICT_MULTIVERSION
#endif

namespace retrodict {

// For kernels written once over vectors of W doubles. The levels of the x86-64 psABI: SSE2; AVX2 and fused
// multiply-add; AVX-512. On other machines there is only the baseline, in vectors of 2.
enum class SimdLevel { baseline, v3, v4 };

inline SimdLevel simd_level() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("x86-64-v4")) return SimdLevel::v4;
  if (__builtin_cpu_supports("x86-64-v3")) return SimdLevel::v3;
#endif
  return SimdLevel::baseline;
}

inline const char* name_of(SimdLevel level) {
  constexpr const char* names[] = {"baseline", "x86-64-v3", "x86-64-v4"};
  return names[static_cast<int>(level)];
}

// vectorised(level, body) calls body.template operator()<W>(), compiled for that level with everything that it calls
// inlined into it. What a body calls must therefore be defined where it is seen.
template <class Body> [[gnu::flatten]] void vectorised_baseline(const Body& body) { body.template operator()<2>(); }
#ifdef __x86_64__
template <class Body> [[gnu::target("arch=x86-64-v3"), gnu::flatten]] void vectorised_v3(const Body& body) {
  body.template operator()<4>();
}
template <class Body> [[gnu::target("arch=x86-64-v4"), gnu::flatten]] void vectorised_v4(const Body& body) {
  body.template operator()<8>();
}
#endif

template <class Body> void vectorised(SimdLevel level, const Body& body) {
#ifdef __x86_64__
  if (level == SimdLevel::v4) return vectorised_v4(body);
  if (level == SimdLevel::v3) return vectorised_v3(body);
#endif
  vectorised_baseline(body);
}

// Calls body(), compiled with everything that it calls inlined into it, with what this machine has to count bits. GCC
// makes vector instructions of loops over std::popcount where there are such.
#ifdef __x86_64__
template <class Body> [[gnu::target("popcnt"), gnu::flatten]] void with_popcount_of_words(const Body& body) { body(); }
template <class Body>
[[gnu::target("arch=x86-64-v4,avx512vpopcntdq"), gnu::flatten]] void with_popcount_of_vectors(const Body& body) {
  body();
}
#endif

template <class Body> void with_popcount(const Body& body) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512vpopcntdq"))
    return with_popcount_of_vectors(body);
  if (__builtin_cpu_supports("popcnt")) return with_popcount_of_words(body);
#endif
  body();
}

namespace simd {

// n rounded up to what loops over four of the widest vectors at a time can take.
inline std::size_t padded(std::size_t n) { return (n + 31) / 32 * 32; }

// n bytes rounded up to whole vectors, the widest.
inline std::size_t whole_bytes(std::size_t n) { return (n + 63) / 64 * 64; }

template <class T, std::size_t Bytes> struct VectorOf {
  typedef T type __attribute__((vector_size(Bytes)));
};
template <int W> using Doubles = typename VectorOf<double, 8 * W>::type;
template <int W> using Words = typename VectorOf<std::int64_t, 8 * W>::type;
template <int W> using Unsigned = typename VectorOf<std::uint64_t, 8 * W>::type;

template <int W> Doubles<W> load(const double* at) {
  Doubles<W> x;
  std::memcpy(&x, at, sizeof x);
  return x;
}

template <int W> Words<W> load_words(const std::int64_t* at) {
  Words<W> x;
  std::memcpy(&x, at, sizeof x);
  return x;
}

// 4 W numbers of 16 bits, and their loads from 16 or 8 bits.
template <int W> using Shorts = typename VectorOf<std::uint16_t, 8 * W>::type;
template <int W> Shorts<W> load_shorts(const std::uint16_t* at) {
  Shorts<W> x;
  std::memcpy(&x, at, sizeof x);
  return x;
}
template <int W> Shorts<W> load_shorts(const std::uint8_t* at) {
  typename VectorOf<std::uint8_t, 4 * W>::type x;
  std::memcpy(&x, at, sizeof x);
  return __builtin_convertvector(x, Shorts<W>);
}

// 8 W bytes; of wider numbers, what they are up to 255.
template <int W> using Bytes = typename VectorOf<std::uint8_t, 8 * W>::type;
template <int W> Bytes<W> load_bytes(const std::uint8_t* at) {
  Bytes<W> x;
  std::memcpy(&x, at, sizeof x);
  return x;
}
template <int W> Bytes<W> load_bytes(const std::uint16_t* at) {
  typename VectorOf<std::uint16_t, 16 * W>::type x;
  std::memcpy(&x, at, sizeof x);
  return __builtin_convertvector(x < 255 ? x : x - x + 255, Bytes<W>);
}

// 8 W bytes as numbers of N = 4 or 8 bytes, and their loads from one byte each.
template <int N, int W>
using Lanes = typename VectorOf<std::conditional_t<N == 8, std::uint64_t, std::uint32_t>, 8 * W>::type;
template <int N, int W> Lanes<N, W> load_lanes(const std::uint8_t* at) {
  typename VectorOf<std::uint8_t, 8 * W / N>::type x;
  std::memcpy(&x, at, sizeof x);
  return __builtin_convertvector(x, Lanes<N, W>);
}

template <class Vector, class T> void store(T* at, const Vector& x) { std::memcpy(at, &x, sizeof x); }

// By name, because the compiler puts the lanes in one by one where this is inlined.
template <int W> Doubles<W> splat(double x) {
#ifdef __x86_64__
  if constexpr (W > 2) {
    Doubles<W> all;
    asm("vbroadcastsd %1, %0" : "=v"(all) : "vm"(x));
    return all;
  }
#endif
  return x - Doubles<W>{};
}

// a * b + c, rounded once. By name, because the compiler, which has no such operation on vectors, takes what is written
// lane by lane apart again where it is inlined.
template <int W> Doubles<W> fma(const Doubles<W>& a, const Doubles<W>& b, const Doubles<W>& c) {
  Doubles<W> sum = c;
#ifdef __x86_64__
  if constexpr (W > 2) {
    asm("vfmadd231pd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
  }
#endif
  for (int l = 0; l < W; ++l) sum[l] = __builtin_fma(a[l], b[l], c[l]);
  return sum;
}

// a < b ? a : b and a > b ? a : b: b where one of them is no number. By name, because the compiler takes comparisons
// lane by lane where this is inlined.
template <int W> Doubles<W> smaller(const Doubles<W>& a, const Doubles<W>& b) {
#ifdef __x86_64__
  if constexpr (W > 2) {
    Doubles<W> x;
    asm("vminpd %2, %1, %0" : "=v"(x) : "v"(a), "v"(b));
    return x;
  }
#endif
  return a < b ? a : b;
}
template <int W> Doubles<W> larger(const Doubles<W>& a, const Doubles<W>& b) {
#ifdef __x86_64__
  if constexpr (W > 2) {
    Doubles<W> x;
    asm("vmaxpd %2, %1, %0" : "=v"(x) : "v"(a), "v"(b));
    return x;
  }
#endif
  return a > b ? a : b;
}

// The low halves of 64-bit lanes, multiplied to 64 bits. By name: compilers multiply whole lanes, at three times the
// cost.
template <int W> Unsigned<W> multiply_low(const Unsigned<W>& a, const Unsigned<W>& b) {
#ifdef __x86_64__
  if constexpr (W > 2) {
    Unsigned<W> product;
    asm("vpmuludq %2, %1, %0" : "=v"(product) : "v"(a), "v"(b));
    return product;
  }
#endif
  constexpr std::uint64_t low = 0xffffffff;
  return (a & low) * (b & low);
}

template <int W> std::uint64_t total(const Unsigned<W>& x) {
  std::uint64_t sum = 0;
  for (int l = 0; l < W; ++l) sum += x[l];
  return sum;
}

// The sum of all lanes, which together are below 2^16.
template <int W> std::uint64_t sum(const Shorts<W>& x) {
  return total<W>((reinterpret_cast<Unsigned<W>>(x) * 0x0001000100010001) >> 48);
}

// The sum of all lanes, each of which is at most 255. By name for bytes: compilers widen them one step after another.
template <int W> std::uint64_t sum(const typename VectorOf<std::uint8_t, 8 * W>::type& x) {
#ifdef __x86_64__
  if constexpr (W > 2) {
    Unsigned<W> sums;
    asm("vpsadbw %2, %1, %0" : "=v"(sums) : "v"(x), "v"(Unsigned<W>{}));
    return total<W>(sums);
  }
#endif
  constexpr std::uint64_t even = 0x00ff00ff00ff00ff;
  const auto words = reinterpret_cast<Unsigned<W>>(x);
  return sum<W>(reinterpret_cast<Shorts<W>>((words & even) + (words >> 8 & even)));
}

// By name, because the compiler takes care to set errno for each lane.
template <int W> Doubles<W> square_root(const Doubles<W>& x) {
  Doubles<W> root = x;
#ifdef __x86_64__
  if constexpr (W > 2) {
    asm("vsqrtpd %1, %0" : "=v"(root) : "v"(x));
    return root;
  }
#endif
  for (int l = 0; l < W; ++l) root[l] = __builtin_sqrt(x[l]);
  return root;
}

template <int W> Words<W> bits(const Doubles<W>& x) { return reinterpret_cast<Words<W>>(x); }
template <int W> Unsigned<W> unsigned_bits(const Doubles<W>& x) { return reinterpret_cast<Unsigned<W>>(x); }
template <int W> Doubles<W> from_bits(const Words<W>& x) { return reinterpret_cast<Doubles<W>>(x); }
template <int W> Doubles<W> from_bits(const Unsigned<W>& x) { return reinterpret_cast<Doubles<W>>(x); }
// 2^k, for the exponents of normal numbers.
inline double exp2(int k) { return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + k) << 52); }

template <int H> Doubles<2 * H> concat(const Doubles<H>& low, const Doubles<H>& high) {
  return [&]<int... L>(std::integer_sequence<int, L...>) {
    return __builtin_shufflevector(low, high, L...);
  }(std::make_integer_sequence<int, 2 * H>{});
}

// The even places of (a, b), then the odd ones.
template <int W> void unzip(Doubles<W>& a, Doubles<W>& b) {
  [&]<int... L>(std::integer_sequence<int, L...>) {
    const auto even = __builtin_shufflevector(a, b, 2 * L...), odd = __builtin_shufflevector(a, b, (2 * L + 1)...);
    a = even;
    b = odd;
  }(std::make_integer_sequence<int, W>{});
}

// Transposes a square: x[r][c] becomes x[c][r]. A round takes the lowest bit of a place to the top.
template <int W> void transpose(Doubles<W>* x) {
  for (int round = 1; round < W; round *= 2) {
    Doubles<W> y[W];
    for (int k = 0; k < W / 2; ++k) {
      y[k] = x[2 * k];
      y[k + W / 2] = x[2 * k + 1];
      unzip<W>(y[k], y[k + W / 2]);
    }
    std::memcpy(x, y, sizeof y);
  }
}

// 2 W numbers in single precision, and as many whole numbers of their size.
template <int W> using Floats = typename VectorOf<float, 8 * W>::type;
template <int W> using HalfWords = typename VectorOf<std::int32_t, 8 * W>::type;
template <int W> using UnsignedHalfWords = typename VectorOf<std::uint32_t, 8 * W>::type;

template <int W> Floats<W> load_floats(const float* at) {
  Floats<W> x;
  std::memcpy(&x, at, sizeof x);
  return x;
}

template <int W> HalfWords<W> load_half_words(const std::int32_t* at) {
  HalfWords<W> x;
  std::memcpy(&x, at, sizeof x);
  return x;
}

// As splat and fma.
// As `larger` and `smaller` of doubles.
template <int W> Floats<W> larger_floats(const Floats<W>& a, const Floats<W>& b) {
  Floats<W> x;
#ifdef __x86_64__
  if constexpr (W > 2)
    asm("vmaxps %2, %1, %0" : "=v"(x) : "v"(a), "v"(b));
  else
#endif
    for (int l = 0; l < 2 * W; ++l) x[l] = a[l] > b[l] ? a[l] : b[l];
  return x;
}
template <int W> Floats<W> smaller_floats(const Floats<W>& a, const Floats<W>& b) {
  Floats<W> x;
#ifdef __x86_64__
  if constexpr (W > 2)
    asm("vminps %2, %1, %0" : "=v"(x) : "v"(a), "v"(b));
  else
#endif
    for (int l = 0; l < 2 * W; ++l) x[l] = a[l] < b[l] ? a[l] : b[l];
  return x;
}

// table[index] for each lane, of a table of floats_in_registers entries.
inline constexpr std::size_t floats_in_registers = 32;
template <int W> Floats<W> lookup_floats(const float* table, const HalfWords<W>& index) {
#ifdef __x86_64__
  if constexpr (W == 8) {
    Floats<W> x = reinterpret_cast<Floats<W>>(index);
    asm("vpermi2ps %2, %1, %0" : "+v"(x) : "v"(load_floats<W>(table)), "v"(load_floats<W>(table + 16)));
    return x;
  }
#endif
  Floats<W> x{};
  for (int l = 0; l < 2 * W; ++l) x[l] = table[index[l]];
  return x;
}

// 2 W numbers of 16 bits as half words.
template <int W> HalfWords<W> load_half_indices(const std::uint16_t* at) {
  typename VectorOf<std::uint16_t, 4 * W>::type x;
  std::memcpy(&x, at, sizeof x);
#ifdef __x86_64__
  if constexpr (W == 8) {
    HalfWords<W> all;
    asm("vpmovzxwd %1, %0" : "=v"(all) : "v"(x));
    return all;
  }
#endif
  return __builtin_convertvector(x, HalfWords<W>);
}

template <int W> Floats<W> splat_floats(float x) {
#ifdef __x86_64__
  if constexpr (W > 2) {
    Floats<W> all;
    asm("vbroadcastss %1, %0" : "=v"(all) : "vm"(x));
    return all;
  }
#endif
  return x - Floats<W>{};
}
template <int W> Floats<W> fma_floats(const Floats<W>& a, const Floats<W>& b, const Floats<W>& c) {
  Floats<W> sum = c;
#ifdef __x86_64__
  if constexpr (W > 2) {
    asm("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
  }
#endif
  for (int l = 0; l < 2 * W; ++l) sum[l] = __builtin_fmaf(a[l], b[l], c[l]);
  return sum;
}

// As transpose.
template <int W> void transpose_floats(Floats<W>* x) {
  for (int round = 1; round < 2 * W; round *= 2) {
    Floats<W> y[2 * W];
    [&]<int... L>(std::integer_sequence<int, L...>) {
      for (int k = 0; k < W; ++k) {
        y[k] = __builtin_shufflevector(x[2 * k], x[2 * k + 1], 2 * L...);
        y[k + W] = __builtin_shufflevector(x[2 * k], x[2 * k + 1], (2 * L + 1)...);
      }
    }(std::make_integer_sequence<int, 2 * W>{});
    std::memcpy(x, y, sizeof y);
  }
}

// W numbers of 16 bits as words.
template <int W> Words<W> load_indices(const std::uint16_t* at) {
  typename VectorOf<std::uint16_t, 2 * W>::type x;
  std::memcpy(&x, at, sizeof x);
#ifdef __x86_64__
  if constexpr (W == 8) {
    Words<W> all;
    asm("vpmovzxwq %1, %0" : "=v"(all) : "v"(x));
    return all;
  }
#endif
  return __builtin_convertvector(x, Words<W>);
}

// table[index] for each lane, of a table of 8 entries.
template <int W> Doubles<W> lookup(const double* table, const Words<W>& index) {
  Doubles<W> x{};
#ifdef __x86_64__
  if constexpr (W == 8) {
    asm("vpermpd %2, %1, %0" : "=v"(x) : "v"(index), "v"(load<W>(table)));
    return x;
  }
#endif
  for (int l = 0; l < W; ++l) x[l] = table[index[l]];
  return x;
}

// table[index] for each lane, of a table of entries_in_registers entries.
inline constexpr std::size_t entries_in_registers = 24;
template <int W> Doubles<W> lookup_long(const double* table, const Words<W>& index) {
#ifdef __x86_64__
  if constexpr (W == 8) {
    Doubles<W> x = reinterpret_cast<Doubles<W>>(index);
    asm("vpermi2pd %2, %1, %0" : "+v"(x) : "v"(load<W>(table)), "v"(load<W>(table + 8)));
    asm("vptestmq %1, %1, %%k1\n\tvpermpd %3, %2, %0%{%%k1%}"
        : "+v"(x)
        : "v"(index & 16), "v"(index), "v"(load<W>(table + 16))
        : "k1");
    return x;
  }
#endif
  Doubles<W> x{};
  for (int l = 0; l < W; ++l) x[l] = table[index[l]];
  return x;
}

// Stores past the caches, to a multiple of 8 W bytes. Others may see it only after stored_past_caches().
template <int W> void store_past_caches(double* at, const Doubles<W>& x) {
#ifdef __x86_64__
  if constexpr (W > 2)
    asm volatile("vmovntpd %1, %0" : "=m"(*reinterpret_cast<Doubles<W>*>(at)) : "v"(x));
  else
    asm volatile("movntpd %1, %0" : "=m"(*reinterpret_cast<Doubles<W>*>(at)) : "x"(x));
#else
  store(at, x);
#endif
}
inline void stored_past_caches() {
#ifdef __x86_64__
  asm volatile("sfence" ::: "memory");
#endif
}

// Transposes 16 / sizeof(T) rows of `columns` entries: out[c * pitch + r] = in[r * stride + c].
template <int W, class T>
void transpose(const T* in, std::size_t stride, std::size_t columns, T* out, std::size_t pitch) {
  constexpr int rows = 16 / sizeof(T), lanes = W / 2; // lanes of 16 bytes, each transposed on its own
  constexpr std::size_t width = rows * lanes;
  using Vector = typename VectorOf<T, 8 * W>::type;
  std::size_t c = 0;
  for (; c + width <= columns; c += width) {
    Vector x[rows], y[rows];
    for (int r = 0; r < rows; ++r) std::memcpy(&x[r], in + static_cast<std::size_t>(r) * stride + c, sizeof(Vector));
    for (int round = 1; round < rows; round *= 2) {
      [&]<int... L>(std::integer_sequence<int, L...>) {
        constexpr int n = rows * lanes;
        for (int r = 0; r < rows / 2; ++r) {
          y[2 * r] = __builtin_shufflevector(x[r], x[r + rows / 2], (L / rows * rows + L % rows / 2 + L % 2 * n)...);
          y[2 * r + 1] = __builtin_shufflevector(x[r], x[r + rows / 2],
                                                 (L / rows * rows + L % rows / 2 + rows / 2 + L % 2 * n)...);
        }
      }(std::make_integer_sequence<int, rows * lanes>{});
      std::memcpy(x, y, sizeof x);
    }
    [&]<int... Lane>(std::integer_sequence<int, Lane...>) {
      const auto put = [&]<int... L, int lane>(std::integer_sequence<int, L...>, std::integral_constant<int, lane>) {
        for (int r = 0; r < rows; ++r)
          store(out + (c + static_cast<std::size_t>(lane * rows + r)) * pitch,
                __builtin_shufflevector(x[r], x[r], (lane * rows + L)...));
      };
      (put(std::make_integer_sequence<int, rows>{}, std::integral_constant<int, Lane>{}), ...);
    }(std::make_integer_sequence<int, lanes>{});
  }
  for (; c < columns; ++c)
    for (int r = 0; r < rows; ++r)
      out[c * pitch + static_cast<std::size_t>(r)] = in[static_cast<std::size_t>(r) * stride + c];
}

} // namespace simd

} // namespace retrodict
