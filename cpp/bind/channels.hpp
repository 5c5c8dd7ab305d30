// Channels as they come from NumPy: (q, q) for one channel on every edge, (n_nodes, q, q) for one an edge.
#pragma once

#include <pybind11/stl.h>

#include <optional>

#include "bind/arguments.hpp"
#include "graphs/channels.hpp"

namespace retrodict {

// The result views `channels`. A prior that is None is uniform.
inline Channels channels_of(const Tree& tree, const Array<double>& channels,
                            const std::optional<Array<double>>& prior) {
  const auto side = [&](py::ssize_t axis) { return channels.shape(channels.ndim() + axis); };
  const bool square = (channels.ndim() == 2 || channels.ndim() == 3) && side(-1) == side(-2);
  require(square, "channels has shape ", shape_of(channels), ": it must be (q, q) or (n_nodes, q, q)");
  const bool shared = channels.ndim() == 2;
  require(shared || side(-3) == static_cast<py::ssize_t>(tree.n_nodes()), "channels has ", side(-3),
          " channels: the tree has ", tree.n_nodes(), " nodes");
  if (prior) {
    require(prior->ndim() == 1, "prior has shape ", shape_of(*prior), ": it must be (q,)");
    require(prior->size() > 0, "prior is empty: it must have one entry a state");
  }
  return {tree, view(channels), static_cast<std::size_t>(side(-1)), shared,
          prior ? view(*prior) : std::span<const double>{}};
}

} // namespace retrodict
