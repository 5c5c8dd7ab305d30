#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "graphs/channels.hpp"

using namespace retrodict;

namespace {

std::string complaint(const std::vector<double>& entries, std::size_t n_states, bool shared,
                      const std::vector<double>& prior = {}) {
  try {
    Channels(Tree({-1, 0, 0}), entries, n_states, shared, prior);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_CASE("channels are validated entry by entry, the root's apart") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(complaint({0.9, 0.1, 0.2, 0.8}, 2, true) == "");
  CHECK(complaint({nan, 7, nan, 7, 0.9, 0.1, 0.2, 0.8, 1, 0, 0, 1}, 2, false) == "");
  CHECK(complaint({0.9, 0.1, 0.2, 0.75}, 2, true) ==
        "channels[1] sums to 0.95: a row of a channel sums to 1 (within 1e-09)");
  CHECK(complaint({1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0.5, 0.25}, 2, false) ==
        "channels[2, 1] sums to 0.75: a row of a channel sums to 1 (within 1e-09)");
  CHECK(complaint({1, 0, 0, 1, 1, 0, -0.5, 1.5, 1, 0, 0, 1}, 2, false) ==
        "channels[1, 1, 0] = -0.5: a probability is between 0 and 1");
  CHECK(complaint({1, 0, nan, 1}, 2, true) == "channels[1, 0] = nan: a probability is between 0 and 1");
  CHECK(complaint({1.0000001}, 1, true) == "channels[0, 0] = 1.0000001: a probability is between 0 and 1");
  CHECK(complaint({1 - 2e-9}, 1, true) != "");
  CHECK(complaint({1 - 0.5e-9}, 1, true) == "");
  CHECK(complaint({1, 0, 0, 1}, 2, true, {0.5, 0.25}) == "prior sums to 0.75: a prior sums to 1 (within 1e-09)");
  CHECK(complaint({1, 0, 0, 1}, 2, true, {1.5, -0.5}) == "prior[0] = 1.5: a probability is between 0 and 1");
  CHECK(complaint({1, 0, 0, 1}, 2, true, {1}) == "prior has 1 entries: the channels have 2 states");
  CHECK(complaint({}, 0, true) == "channels has no states: there must be at least one");
  CHECK(complaint({1, 0, 0}, 2, true) == "channels has 3 entries: 1 x 2 x 2 are needed");
  CHECK(complaint({}, 65536, true) == "channels has 65536 states: at most 65535");
}

TEST_CASE("the channel above a node") {
  const Tree tree({-1, 0, 0});
  const std::vector<double> entries = {0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0};
  CHECK(Channels(tree, entries, 2, false, {}).above(2)[1] == 1);
  CHECK(Channels(tree, entries, 2, false, {}).above(1)[1] == 0);
  CHECK(Channels(tree, {entries.data() + 8, 4}, 2, true, {}).above(2)[1] == 1);
  CHECK(Channels(tree, entries, 2, false, {}).prior()[1] == 0.5);
}
