// The least number of two-input gates of every function of at most four inputs.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/truth_table.hpp"

namespace retrodict {

// A gate joins two functions that vanish at 0; AND_NOT stands for both x > y and x < y. With complements free, all
// four are the ten operations of two arguments that depend on both (basis B2), and without XOR they are the eight of
// AND type (U2). With NOT as a gate of its own, complements are not free and functions need not vanish at 0.
enum Gate : unsigned { AND = 1, AND_NOT = 2, OR = 4, XOR = 8, NOT = 16 };

constexpr unsigned max_cost_inputs = 4;

// In a table of costs: the function costs more than was asked for.
constexpr std::uint8_t more_gates = 255;

// The cost of every function of `n_inputs` inputs over the gates whose bits are set in `basis`; entry f is the cost of
// the function whose value at x is bit x of f, or `more_gates` if that exceeds max_cost. Without a max_cost four inputs
// take XOR and two others, else the search is too long. Throws std::invalid_argument if the basis does not generate
// every function.
std::vector<std::uint8_t> cost_table(std::size_t n_inputs, unsigned basis, unsigned max_cost = more_gates);

constexpr unsigned max_index_inputs = 5;

// A function of at most five inputs as an integer: its place in a table of all functions of as many inputs.
std::size_t table_index(const TruthTable& table);

} // namespace retrodict
