// What the leaves show, validated once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <variant>
#include <vector>

namespace retrodict {

class Leaves {
 public:
  // States, of which the largest value of the type means "unobserved"; or likelihoods P(what is seen | state).
  using Entries = std::variant<std::span<const std::uint8_t>, std::span<const std::uint16_t>, std::span<const double>>;

  // `entries` is (n_samples, n_leaves) of states or (n_samples, n_leaves, q) of likelihoods, viewed and not copied.
  Leaves(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q, std::size_t threads);

  // The same, not looked at yet. Until it is `checked`, every leaf counts as observed, and who reads finds out whether
  // that is true: `Unforeseen` says that it is not.
  static Leaves unread(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q);
  bool is_unread() const { return unread_; }
  Leaves checked(std::size_t threads) const {
    return unread_ ? Leaves(entries_, n_samples_, n_leaves_, q_, threads) : *this;
  }
  struct Unforeseen {};

  template <class State> static constexpr State unobserved = std::numeric_limits<State>::max();

  const Entries& entries() const { return entries_; }
  std::size_t n_samples() const { return n_samples_; }
  std::size_t n_leaves() const { return n_leaves_; }
  // Whether some sample does not observe leaf k.
  bool missing(std::size_t k) const { return missing_[k] != 0; }

  // Bits that hold a state of any leaf, or q for "unobserved" where this happens: 1 or 2; 0 where they are too few.
  int bits() const { return bits_; }

  // Entry i * T + s of `laws` becomes P(what leaf k of sample begin + s shows | its state is i), for s < T; samples
  // from `end` on repeat the last one.
  void likelihoods(std::size_t begin, std::size_t end, std::size_t k, std::size_t T, std::span<double> laws) const;

 private:
  Leaves(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q);
  void choose_bits();

  Entries entries_;
  std::size_t n_samples_, n_leaves_, q_;
  std::vector<std::uint8_t> missing_;
  int bits_ = 0;
  bool unread_ = true;
};

} // namespace retrodict
