from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.dependencies import cycle_through

NODES = range(6)
graphs = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), unique=True, max_size=4))


def reaches(start, goal, waits_for):
    seen, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            todo += waits_for.get(here, [])
    return False


@given(graphs, st.lists(st.sampled_from(NODES), unique=True, max_size=4))
def test_a_cycle_is_found_exactly_when_a_predecessor_waits_for_the_task(waits_for, predecessors):
    cycle = cycle_through(0, predecessors, waits_for)
    assert (cycle is not None) == any(reaches(node, 0, waits_for) for node in predecessors)


@given(graphs, st.lists(st.sampled_from(NODES), unique=True, max_size=4))
def test_each_step_of_a_cycle_is_a_real_dependency(waits_for, predecessors):
    cycle = cycle_through(0, predecessors, waits_for)
    if cycle:
        assert cycle[0] == cycle[-1] == 0
        assert len(set(cycle)) == len(cycle) - 1
        for later, earlier in pairwise(cycle):
            assert earlier in (predecessors if later == 0 else waits_for[later])
