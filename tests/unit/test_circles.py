"""No module needs itself, by whatever way round: an import that only the types need counts as well."""

from graphlib import TopologicalSorter

import grimp


def test_no_modules_need_each_other() -> None:
    graph = grimp.build_graph("sidecarctl")
    needed = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    assert len(needed) > 200
    TopologicalSorter(needed).prepare()  # raises CycleError, which names the circle
