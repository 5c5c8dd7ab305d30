#include "trees/level_by_level.hpp"

#include <pybind11/stl.h>

#include "bind/arguments.hpp"

namespace retrodict {

namespace {

ParentRule rule_of(const std::string& name) {
  if (name == "bp") return ParentRule::bp;
  if (name == "plurality") return ParentRule::plurality;
  require(name == "first_child", "rule = '", name, "': it must be 'bp', 'plurality' or 'first_child'");
  return ParentRule::first_child;
}

template <class State> void register_for(py::module_& m) {
  m.def(
      "level_by_level",
      [](const Array<State>& leaves, const py::object& q, const py::object& arity, bool renamed,
         std::optional<double> quality, const std::string& rule, const py::object& threads) {
        require(leaves.ndim() == 2, "leaves has shape ", shape_of(leaves), ": it must be (n_features, n_leaves)");
        const Features<State> features{view(leaves), static_cast<std::size_t>(leaves.shape(1)), word(q, "q", 1)};
        const LevelByLevelOptions options{word(arity, "arity"), renamed, quality, rule_of(rule)};
        const std::size_t workers = threads_of(threads);
        LevelByLevel<State> found = without_gil([&] { return level_by_level(features, options, workers); });
        py::list levels;
        for (const LevelReport& level : found.levels)
          levels.append(py::make_tuple(level.n_roots, level.n_cliques, level.shown, level.correlation,
                                       level.reliability, level.quality, level.within, level.across));
        const auto nodes = static_cast<py::ssize_t>(found.parent.size());
        const auto inner = nodes - leaves.shape(1);
        return py::make_tuple(give(std::move(found.parent), {nodes}),
                              give(std::move(found.states), {leaves.shape(0), inner}), levels, found.quality,
                              found.root_reliability);
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("arity"), py::arg("renamed"), py::arg("quality"),
      py::arg("rule"), py::arg("threads"));
}

} // namespace

void register_level_by_level(py::module_& m) {
  register_for<std::uint8_t>(m);
  register_for<std::uint16_t>(m);
}

} // namespace retrodict
