// A smallest two-input circuit of one function or of several together, by exhaustive search without a table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace retrodict {

constexpr unsigned max_search_inputs = 6;   // a truth table is a word of 64 bits
constexpr unsigned max_search_outputs = 32; // different ones that need a gate
constexpr unsigned max_search_gates = 58;   // with the inputs, as many as a word has bits

// The points where input i of n is 1, one bit a point; and all points.
constexpr std::uint64_t all_points(unsigned n) { return ~std::uint64_t{0} >> (64 - (1u << n)); }
constexpr std::uint64_t input_word(unsigned i, unsigned n) {
  return all_points(n) / ((std::uint64_t{1} << (1u << i)) + 1) << (1u << i);
}

// The outputs of a map: `tables` holds one after the other their values, 2^n each. Throws std::invalid_argument for an
// entry that is not 0 or 1, more than max_search_inputs essential inputs or max_search_outputs outputs to be made.
class OutputTables {
 public:
  OutputTables(std::span<const std::int64_t> tables, std::size_t n_outputs);

  // Which inputs some output depends on. The words below are functions of these only, in this order.
  const std::vector<unsigned>& inputs() const { return inputs_; }
  unsigned n_essential() const { return static_cast<unsigned>(inputs_.size()); }
  // Each output, and whether it was complemented to vanish at 0.
  const std::vector<std::uint64_t>& outputs() const { return outputs_; }
  const std::vector<bool>& complemented() const { return complemented_; }
  // The different outputs that are neither 0 nor an input.
  const std::vector<std::uint64_t>& targets() const { return targets_; }
  std::size_t n_inputs() const { return n_inputs_; }

 private:
  std::size_t n_inputs_;
  std::vector<unsigned> inputs_;
  std::vector<std::uint64_t> outputs_, targets_;
  std::vector<bool> complemented_;
};

struct SearchLimits {
  bool with_xor = true; // all operations, or those of AND type only
  unsigned max_gates = max_search_gates;
  std::optional<double> seconds = std::nullopt;
  std::size_t threads = 0; // 0: as many as the process may use
};

// Gates (operation, a, b) and output literals as in python/retrodict/netlist.py: variable 0 is the constant 0, then
// come the inputs and the gates; bit 2 a + b of the operation is its value at (a, b).
struct FoundCircuit {
  std::vector<std::array<unsigned, 3>> gates;
  std::vector<unsigned> outputs;
};

struct SearchResult {
  unsigned lower;                      // no circuit has fewer gates
  bool interrupted;                    // by the limit of time
  std::optional<FoundCircuit> circuit; // of `lower` gates
};

SearchResult minimum_circuit(const OutputTables& map, const SearchLimits& limits);

} // namespace retrodict
