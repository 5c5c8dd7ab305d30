#include "bind/arguments.hpp"
#include "trees/neighbor_joining.hpp"
#include "trees/splits.hpp"

namespace retrodict {

void register_topology(py::module_& m) {
  m.def("topology_count_splits", [](const Tree& first, const Tree& second, const Array<std::int32_t>& columns) {
    const SplitCounts counts = count_splits(first, second, view(columns));
    return py::make_tuple(counts.first, counts.second, counts.shared);
  });
  m.def("topology_neighbor_joining", [](const Array<double>& distances, const py::object& threads) {
    require(distances.ndim() == 2 && distances.shape(0) == distances.shape(1), "distances has shape ",
            shape_of(distances), ": it must be (n, n)");
    const auto data = view(distances);
    const auto n = static_cast<std::size_t>(distances.shape(0)), workers = threads_of(threads);
    auto [parent, lengths] = without_gil([&] { return neighbor_joining(data, n, workers); });
    const auto nodes = static_cast<py::ssize_t>(parent.size());
    return py::make_tuple(give(std::move(parent), {nodes}), give(std::move(lengths), {nodes}));
  });
}

} // namespace retrodict
