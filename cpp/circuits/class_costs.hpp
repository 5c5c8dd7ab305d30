// The least number of two-input gates of the classes of functions of five inputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "circuits/symmetries.hpp"

namespace retrodict {

// How a function of some class was found, where neither joining an input to a function of one gate less nor widening
// one gives it: from two functions that cost one gate less together, or after all other gates of a chain.
struct Derivation {
  Function function;
  std::vector<Function> after;
};

struct ClassCosts {
  std::vector<Function> representatives; // the canonical forms of the classes, ascending
  std::vector<std::uint8_t> costs;       // of each: exact up to `exhausted`, else an upper bound
  unsigned exhausted;                    // what is not there, or has a greater bound, costs more than this
  std::vector<Derivation> derivations;
};

// The classes of functions of `n_inputs` <= 5 inputs that cost at most max_cost over B2 or, without XOR, over U2: those
// of cost at most `exhausted` by exhaustion, the others with what joining and widening give them. Five inputs take 256
// MiB; to 8 gates it takes seconds, to 9 minutes.
ClassCosts class_costs(std::size_t n_inputs, bool with_xor, unsigned max_cost, unsigned exhausted);

// How many functions are in the class of f: 2^(n+1) n! over the order of its stabilizer.
std::size_t class_size(const Symmetries& symmetries, Function f);

} // namespace retrodict
