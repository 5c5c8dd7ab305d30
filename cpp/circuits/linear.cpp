// How it works, and why the result is exact.
//
// A program adds two earlier vectors at each step, beginning with the units; it computes a matrix if every row that is
// neither 0 nor a unit is among the vectors it makes. A step that makes 0, a unit or a vector made before can be left
// out, so programs are sets: call a set S of vectors, none of them 0 or a unit, *valid* if it can be ordered so that
// each is the sum of two units or earlier members. The cost of a set T of rows is the least |S| over the valid S that
// contain T. In particular nothing depends on the order of rows or on their repetition.
//
// The table. S is valid if and only if it is empty, or for some v in S, S - v is valid and v is the sum of two units or
// members of S - v (v is the last of an order). This decides all sets, the smaller before the larger. If T is valid its
// cost is |T|; if not, every valid S that contains T contains T + v for some v not in T, so the cost of T is the least
// of theirs. This gives all costs, the larger sets before the smaller. The set of all vectors is valid, so there is
// one.
//
// The search, for one set T of t targets. The cost is t + e for the least e such that T and some set E of e other
// vectors (the *extras*) are together valid: e = 0, 1, 2, ... are tried in turn, each exhaustively, so that where e
// fails the cost is at least t + e + 1. For a set E let A(E) be what is available from it: units and members of E, and
// then, as long as there is one, each target that is the sum of two available vectors. T and E are together valid if
// and only if E can be ordered so that each extra is the sum of two vectors available from those before it, and A(E)
// has all targets. For in an order of a valid set each target can be moved forward to where it first is a sum of two,
// which moves no member behind one that uses it.
//
// Every such E is visited once, as in enumeration.cpp. A node holds E and a list L that has, each once, all vectors
// that are the sum of two of A(E) and are no targets and not in A(E), followed or preceded by members of E and by those
// rejected, which lie before position p. It visits every E' that contains E and nothing rejected and is together with T
// valid. Proof, by induction on |E' - E|: if E' is not E, order it as above. The first member outside E is a sum of two
// vectors available from members of E, so it is in L and not rejected. Let L[i] be the first member of E' - E at or
// after p: E' belongs to the child that adds L[i] and rejects L[p..i-1], and to no other child.
//
// With one extra left, it must make a missing target: after it a target is the sum of it and of something available,
// or of another target that came later, and the first one after it is the former. Other extras are skipped.
//
// The first upper bound is greedy (Paar, 1997, recalled): add the two signals that occur together in most rows, and
// write their sum for both.

#include "circuits/linear.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

using Vector = std::uint32_t;

// Of a set of vectors of at most five bits, given as 32 bits: the set of their sums with v.
constexpr std::uint32_t translated(std::uint32_t set, unsigned v) {
  constexpr std::array<std::uint32_t, 5> low{0x55555555, 0x33333333, 0x0F0F0F0F, 0x00FF00FF, 0x0000FFFF};
  for (unsigned i = 0; i < 5; ++i)
    if (v >> i & 1) set = (set & low[i]) << (1u << i) | (set >> (1u << i) & low[i]);
  return set;
}

class Search {
 public:
  Search(const LinearMap& map, std::uint64_t max_visits)
      : n_(map.n_inputs()), max_visits_(max_visits), state_(std::size_t{1} << n_, 0) {
    state_[0] = available;
    for (unsigned i = 0; i < n_; ++i) state_[Vector{1} << i] = available;
    for (const Vector row : map.rows())
      if (state_[row] == 0) {
        state_[row] = target;
        targets_.push_back(row);
      }
    missing_ = targets_.size();
    for (unsigned i = 0; i < n_; ++i) join(Vector{1} << i);
    absorb(0);
  }

  XorCost run(XorProgram program) {
    std::size_t extras = 0;
    while (complete_ && targets_.size() + extras < program.size()) {
      if (visit(0, extras)) {
        program = steps();
        break;
      }
      extras += complete_;
    }
    return {complete_ ? program.size() : targets_.size() + extras, std::move(program), visits_, complete_};
  }

 private:
  enum State : std::uint8_t { available = 1, target = 2, listed = 4 };

  // Makes v available: what it makes with the others is listed, or absorbed later if it is a target.
  void join(Vector v) {
    state_[v] |= available;
    for (const Vector u : members_) {
      const Vector sum = u ^ v;
      if (state_[sum] == 0) {
        state_[sum] = listed;
        list_.push_back(sum);
      }
    }
    members_.push_back(v);
  }

  // Joins every target that is a sum of two members, the first `known` of which make none.
  void absorb(std::size_t known) {
    for (; known < members_.size(); ++known)
      for (std::size_t i = 0; i < known; ++i) {
        const Vector sum = members_[i] ^ members_[known];
        if (state_[sum] == target) {
          --missing_;
          join(sum);
        }
      }
  }

  // Whether the present extras and at most `left` others, in the list from position p, make every target. If so, the
  // members are those of a program.
  bool visit(std::size_t p, std::size_t left) {
    if (missing_ == 0) return true;
    if (left == 0) return false;
    for (; p < list_.size(); ++p) {
      const Vector extra = list_[p];
      if (left == 1 && !makes_a_target(extra)) continue;
      if (visits_ == max_visits_) {
        complete_ = false;
        return false;
      }
      // A block of no work: it asks the caller whether to go on.
      if (++visits_ % 4096 == 0) for_blocks(1, 1, 1, [](std::size_t, std::size_t, std::size_t) {});
      const std::size_t members = members_.size(), length = list_.size(), missing = missing_;
      join(extra);
      absorb(members);
      if (visit(p + 1, left - 1)) return true;
      missing_ = missing;
      for (; members_.size() > members; members_.pop_back()) state_[members_.back()] &= ~available;
      for (; list_.size() > length; list_.pop_back()) state_[list_.back()] &= ~listed;
      if (!complete_) return false;
    }
    return false;
  }

  bool makes_a_target(Vector extra) const {
    return std::any_of(targets_.begin(), targets_.end(),
                       [&](Vector t) { return state_[t] == target && (state_[t ^ extra] & available); });
  }

  // Members are joined in the order of a program.
  XorProgram steps() const {
    XorProgram program;
    for (std::size_t k = n_; k < members_.size(); ++k)
      for (std::uint32_t i = 0; i < k && program.size() + n_ <= k; ++i)
        for (std::uint32_t j = 0; j < i; ++j)
          if ((members_[i] ^ members_[j]) == members_[k]) {
            program.emplace_back(j, i);
            break;
          }
    return program;
  }

  unsigned n_;
  std::uint64_t max_visits_, visits_ = 0;
  bool complete_ = true;
  std::vector<std::uint8_t> state_; // of each vector; units and 0 are available from the first
  std::vector<Vector> targets_, members_, list_;
  std::size_t missing_ = 0;
};

XorProgram greedy(const LinearMap& map) {
  std::vector<Vector> distinct = map.rows();
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::uint64_t> in(map.n_inputs()); // of each signal, the rows that are sums with it
  for (std::size_t row = 0; row < distinct.size(); ++row)
    for (unsigned i = 0; i < map.n_inputs(); ++i) in[i] |= std::uint64_t{distinct[row] >> i & 1} << row;
  XorProgram program;
  while (true) {
    std::pair<std::uint32_t, std::uint32_t> best;
    int most = 0;
    for (std::uint32_t i = 0; i < in.size(); ++i)
      for (std::uint32_t j = 0; j < i; ++j)
        if (const int both = std::popcount(in[i] & in[j]); both > most) {
          most = both;
          best = {j, i};
        }
    if (most == 0) return program;
    const std::uint64_t both = in[best.first] & in[best.second];
    in[best.first] ^= both;
    in[best.second] ^= both;
    in.push_back(both);
    program.push_back(best);
  }
}

} // namespace

LinearMap::LinearMap(std::size_t n_outputs, std::size_t n_inputs, std::span<const std::int64_t> entries)
    : n_inputs_(static_cast<unsigned>(n_inputs)), rows_(n_outputs) {
  require(1 <= n_inputs && n_inputs <= max_linear_inputs, "matrix has ", n_inputs, " columns: it must have 1 to ",
          max_linear_inputs, " inputs");
  require(n_outputs <= max_linear_outputs, "matrix has ", n_outputs, " rows: it must have at most ", max_linear_outputs,
          " outputs");
  for (std::size_t i = 0; i < n_outputs; ++i)
    for (std::size_t j = 0; j < n_inputs; ++j) {
      const std::int64_t entry = entries[i * n_inputs + j];
      require(entry == 0 || entry == 1, "matrix[", i, ", ", j, "] = ", entry, ": an entry is 0 or 1");
      rows_[i] |= static_cast<Vector>(entry) << j;
    }
}

XorCost xor_cost(const LinearMap& map, std::uint64_t max_visits) { return Search(map, max_visits).run(greedy(map)); }

std::vector<std::uint8_t> xor_cost_table(std::size_t n_inputs) {
  require(n_inputs <= max_linear_table_inputs, "n_inputs = ", n_inputs, ": the table of all sets of vectors goes to ",
          max_linear_table_inputs, " inputs");
  std::vector<Vector> vectors;
  std::uint32_t units = 0;
  for (Vector v = 1; v < 1u << n_inputs; ++v)
    if (std::has_single_bit(v))
      units |= 1u << v;
    else
      vectors.push_back(v);

  constexpr std::uint8_t invalid = 255;
  const std::size_t sets = std::size_t{1} << vectors.size(), block = 1 << 14;
  std::vector<std::uint8_t> cost(sets, invalid);
  cost[0] = 0;
  const auto is_valid = [&](std::size_t set) {
    std::uint32_t members = units;
    for (std::size_t rest = set; rest != 0; rest &= rest - 1) members |= 1u << vectors[std::countr_zero(rest)];
    for (std::size_t rest = set; rest != 0; rest &= rest - 1) {
      const Vector v = vectors[std::countr_zero(rest)];
      const std::uint32_t others = members ^ 1u << v;
      if (cost[set ^ (rest & -rest)] != invalid && (others & translated(others, v))) return true;
    }
    return false;
  };
  // One thread: each set reads sets of other blocks. Blocks come in order.
  for_blocks(sets, block, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t set = std::max<std::size_t>(begin, 1); set < end; ++set)
      if (is_valid(set)) cost[set] = static_cast<std::uint8_t>(std::popcount(set));
  });
  for_blocks(sets, block, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t set = sets - 1 - begin; set + end >= sets && set < sets; --set)
      if (cost[set] == invalid)
        for (std::size_t rest = (sets - 1) ^ set; rest != 0; rest &= rest - 1)
          cost[set] = std::min(cost[set], cost[set | (rest & -rest)]);
  });
  return cost;
}

} // namespace retrodict
