// Sizes that change how fast the kernels are and nothing else.
#pragma once

#include <algorithm>
#include <cstddef>

namespace retrodict::tuning {

// Samples that a worker takes at a time where each sample is computed on its own.
inline constexpr std::size_t samples_per_block = 64;

// Histograms that one is split into while it is filled.
inline constexpr std::size_t counters_in_turn = 4;

// States that a census counts by comparing vectors with each; with more, a histogram is faster.
inline constexpr std::size_t compared_states = 32;

// Children of a node whose votes are counted by comparing each with all; of more, one by one.
inline constexpr std::size_t compared_children = 16;

// Rows that a worker reads at a time.
inline std::size_t rows_of_bytes(std::size_t bytes_per_row) {
  constexpr std::size_t bytes = 1 << 20;
  return std::max<std::size_t>(1, bytes / std::max<std::size_t>(1, bytes_per_row));
}

// Samples of a tile, so that messages of q states stay in the second cache, and so does the tile's leaf data: an odd
// multiple of `unit`, a power of two from 32 on. Odd, because the entries of one sample for all states would fall into
// few sets of the first cache if they were a power of two apart.
inline std::size_t tile(std::size_t q, std::size_t bytes_per_sample, std::size_t unit) {
  constexpr std::size_t most = 384, message_bytes = 40 << 10, leaf_bytes = 8 << 20;
  const std::size_t fits =
      std::min({most, message_bytes / (8 * q), leaf_bytes / std::max<std::size_t>(1, bytes_per_sample)});
  return fits < unit ? unit : ((fits / unit - 1) | 1) * unit;
}

// Columns of leaf data that are read and transposed together: a cache line of bytes.
inline constexpr std::size_t columns = 64;

// How far ahead of a reader, which takes all of its input in order, memory is asked for more.
inline constexpr std::size_t bytes_ahead = 8 << 10;

// Asks for n entries that will be read soon, wherever they end.
template <class T> void fetch(const T* at, std::size_t n) {
  constexpr std::size_t line = 64 / sizeof(T);
  for (std::size_t k = 0; k < n; k += line) __builtin_prefetch(at + k);
}

// Samples of a tile that keeps a message of q states for each of n nodes: a multiple of 16, which is what the widest
// vectors take two at a time, so that the messages stay in the second cache, or leave it as few at a time as can be.
inline std::size_t tile_of_all_nodes(std::size_t q, std::size_t n) {
  constexpr std::size_t least = 16, most = 64, bytes = 1 << 20;
  return std::clamp(std::bit_floor(bytes / (8 * q * n) + 1), least, most);
}

// Entries of a row of results that are collected before they are written: a fraction of the first cache for a tile.
inline constexpr std::size_t entries_in_turn = 128;

// Results so large are written past the caches: nobody finds them there later.
inline constexpr std::size_t past_caches_bytes = 16 << 20;

// Doubles between messages: what is written at one place of a message and read at the same place of another must differ
// in the low bits of its address, or the processor waits for the wrong store.
inline constexpr std::size_t apart = 24;

// Rows of a table that holds a subtree's message for all that its leaves can show: few enough for the second cache,
// and that filling it costs less than a lookup for each sample saves.
inline std::size_t table_rows(std::size_t q, std::size_t n_samples) {
  constexpr std::size_t table_bytes = 8 << 10, most = 256, samples_per_row = 4;
  return std::min({table_bytes / (8 * q), most, n_samples / samples_per_row});
}

// Whether all tables of subtrees together are small enough, in entries; else they are made of smaller subtrees.
inline bool fit(std::size_t all_tables) {
  constexpr std::size_t most = 2 << 20;
  return all_tables <= most;
}

} // namespace retrodict::tuning
