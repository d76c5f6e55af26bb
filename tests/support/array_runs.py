"""Run array programs, and compare them with the loops that they were made of."""

import numpy as np
import pytest

from micrograd import jit
from micrograd.compiler.arrays.engines import engine
from micrograd.compiler.arrays.kernel import ArrayKernel
from micrograd.compiler.calls.compiled import Compiled, Layout
from micrograd.compiler.calls.device import DeviceRun
from micrograd.compiler.pipeline import for_arrays, lower
from micrograd.compiler.tracing.numbering import graph_of
from micrograd.compiler.tracing.trace import trace

OPTIONS = {"backend": "numpy", "device": None, "dtype": "float64", "strict": False}


class Traced:
    """A call, traced: its loops, where its numbers go, and its array program."""

    def __init__(self, f, args):
        arguments = jit(f)._classified(args)
        recording = trace(f, arguments)
        recording.draws.undo()
        self.args = recording.with_first(arguments)
        self.wanted = {k for k, a in enumerate(arguments) if a.differentiable}
        self.graph, self.recording = graph_of(recording, self.wanted), recording

    def layout(self, program):
        inputs = zip(self.recording.inputs, program.segments, strict=True)
        outputs, batched = self.graph.outputs, self.graph.batched
        return Layout(
            captured=self.recording.captured,
            inputs=[(i.argument, i.batched, place) for i, place in inputs],
            columns=frozenset(k for k, node in enumerate(outputs) if batched[node]),
            differentiated=frozenset(self.wanted),
        )

    def loops(self):
        program = lower(self.graph)
        compiled = Compiled(program, self.layout(program), OPTIONS)
        return compiled, compiled.run(self.args, guarded=False)

    def arrays(self, backend, dtype="float64", device=None):
        program = for_arrays(self.graph)
        arguments = [i.argument for i in self.recording.inputs]
        kernel = ArrayKernel(program, arguments, engine(backend, dtype, device))
        return DeviceRun(kernel, self.recording.captured, self.args)


def outputs_of(run, compiled):
    """All numbers that a run gives."""
    columns = compiled.layout.columns
    return np.concatenate(
        [run.column(k) if k in columns else [run.number(k)] for k in _outputs(compiled)]
    )


def _outputs(compiled):
    return range(len(compiled.program.outputs))


def same_as_loops(f, args, backend, dtype="float64", rel=1e-12, device=None):
    """The arrays of a call hold the numbers that its loops compute, gradients too."""
    traced = Traced(f, args)
    (compiled, expected), run = traced.loops(), traced.arrays(backend, dtype, device)
    close(outputs_of(run, compiled), outputs_of(expected, compiled), rel)
    columns = compiled.layout.columns
    numbers = [k for k in _outputs(compiled) if k not in columns and compiled.passes_on(k)]
    for k in numbers[:3] if compiled.program.backward else ():
        captured, slopes = run.shares(k, 1.5)
        captured_there, slopes_there = compiled.shares(expected, k, 1.5)
        close(captured, captured_there, rel)
        assert slopes.keys() == slopes_there.keys()
        for j, slope in slopes.items():
            close(slope, slopes_there[j], rel)


def computed(f, args, backend):
    """The first output of a call by arrays, as a list, and the gradients of the arguments by it."""
    traced = Traced(f, args)
    run = traced.arrays(backend)
    if traced.graph.batched[traced.graph.outputs[0]]:
        return run.column(0).tolist(), {}
    return [run.number(0)], run.shares(0, 1.0)[1]


def close(found, expected, rel):
    """Numbers are equal up to rounding, measured by the largest of them."""
    scale = max([abs(x) for x in expected if np.isfinite(x)], default=0.0)
    assert found == pytest.approx(expected, rel=rel, abs=rel * scale, nan_ok=True)
