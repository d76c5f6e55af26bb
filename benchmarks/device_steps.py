"""A training step on a device, ours and the peer's by hand: in JAX and in PyTorch."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

MODELS = 1000  # in the sweep
RATE = 0.01
LAUNCHED: list[str] = []
"""Which steps are no CUDA graph, and why not: their launches are what was timed."""


def of_problem(work: str, engine: str, device: str, dtype: str) -> tuple[Any, ...]:
    """Return a model's program, what runs it, its numbers, and where the peer's are in them."""
    from micrograd import jit
    from micrograd.compiler.arrays.engines import engine as library
    from micrograd.compiler.arrays.source import printed, program_and_captured
    from programs.on_devices import PROBLEMS

    problem = PROBLEMS["moons" if work == "sweep" else work]()
    start = time.perf_counter()
    arguments = jit(problem.loss)._classified(problem.batch)
    program, captured = program_and_captured(problem.loss, arguments)
    runs = library(engine, dtype, device)
    text = printed(program, runs.dialect, dtype, runs.device, ["value_and_grad"])
    traced = time.perf_counter() - start
    place = {id(v): k for k, v in enumerate(captured)}
    places = {name: _places(nest, place) for name, nest in problem.matrices.items()}
    numbers = np.array([v.data for v in captured])
    return text, runs, problem, numbers, places, traced


def _places(nest: Any, place: dict[int, int]) -> np.ndarray:
    if isinstance(nest, list):
        return np.array([_places(part, place) for part in nest])
    return np.array(place[id(nest)])


def _flat(gradients: dict[str, np.ndarray], places: dict[str, np.ndarray], size: int) -> np.ndarray:
    found = np.zeros(size)
    for name, x in gradients.items():
        found[places[name].reshape(-1)] = np.asarray(x, float).reshape(-1)
    return found


def of_jax(work: str, device: str, dtype: str) -> tuple[Any, ...]:
    """Return what makes our step and the peer's, in JAX."""
    import devices_jax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", dtype == "float64")
    jax.config.update("jax_default_matmul_precision", "highest")  # float32 is float32, of both
    text, runs, problem, numbers, places, traced = of_problem(work, "jax", device, dtype)
    with runs.context():
        both = text.namespace(runs.dialect, runs.device)["value_and_grad"]
    batch = [runs.put(x) for x in problem.batch]
    many = work == "sweep"
    start = np.tile(numbers, (MODELS, 1)) if many else numbers
    loss = devices_jax.LOSSES["moons" if many else work]

    def ours_of(p, *batch):
        value, (slope,) = both(p, *batch)
        return value, slope

    def prepared(of: Callable, parameters: Any, flat: Callable) -> Callable:
        inner = jax.vmap(of, in_axes=(0, *[None] * len(batch))) if many else of

        def step(P, *batch):
            value, slope = inner(P, *batch)
            return jax.tree.map(lambda p, g: p - RATE * g, P, slope), value, slope

        compiled = jax.jit(step)

        def made():
            state = [parameters]
            _, value, slope = jax.block_until_ready(compiled(parameters, *batch))

            def once():
                state[0] = compiled(state[0], *batch)[0]

            found = flat(slope)
            return (float(jnp.sum(value)), found), once, lambda: jax.block_until_ready(state[0])

        return made

    def flat(slopes):
        one = {name: x[0] if many else x for name, x in slopes.items()}
        return _flat(one, places, len(numbers))

    P = {name: runs.put(start[..., at]) for name, at in places.items()}
    ours = prepared(ours_of, runs.put(start), lambda g: np.asarray(g[0] if many else g, float))
    theirs = prepared(jax.value_and_grad(loss), P, flat)

    def both_synchronised(make: Callable) -> Callable:
        def made():
            found, once, sync = make()
            waits.append(sync)
            return found, once, lambda: [wait() for wait in waits]

        return made

    waits: list[Callable] = []
    return both_synchronised(ours), both_synchronised(theirs), traced, runs.device


def of_torch(work: str, device: str, dtype: str) -> tuple[Any, ...]:
    """Return what makes our step and the peer's, in PyTorch."""
    import devices_torch
    import torch

    torch.backends.cuda.matmul.allow_tf32 = False  # float32 is float32, of both
    torch.backends.cudnn.allow_tf32 = False
    text, runs, problem, numbers, places, traced = of_problem(work, "torch", device, dtype)
    both = text.namespace(runs.dialect, runs.device)["value_and_grad"]
    batch = [runs.put(x) for x in problem.batch]
    many = work == "sweep"
    start = np.tile(numbers, (MODELS, 1)) if many else numbers
    loss = devices_torch.sweep if many else devices_torch.LOSSES[work]
    inner = torch.func.vmap(both, in_dims=(0, *[None] * len(batch))) if many else both

    def sync():
        if device != "cpu":
            torch.cuda.synchronize()

    def ours():
        p = runs.put(start)

        def once():
            with torch.no_grad():
                value, (slope,) = inner(p, *batch)
                p.sub_(slope, alpha=RATE)
            return value, slope

        value, slope = once()
        flat = (slope[0] if many else slope).cpu().numpy()
        return (float(value.sum()), np.asarray(flat, float)), captured(once), sync

    def theirs():
        P = {name: runs.put(start[..., at]).requires_grad_() for name, at in places.items()}
        optimizer = torch.optim.SGD(P.values(), lr=RATE)

        def once():
            value = loss(P, *batch)
            value.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            return value

        value = loss(P, *batch)
        value.backward()
        one = {name: (p.grad[0] if many else p.grad).cpu().numpy() for name, p in P.items()}
        optimizer.zero_grad(set_to_none=True)
        found = float(value), _flat(one, places, len(numbers))
        del value  # with its graph, which belongs to another stream than the one captured
        return found, captured(once), sync

    def captured(once: Callable) -> Callable:
        """Return a step as one CUDA graph on a GPU: else its launches are what is timed."""
        if device == "cpu":
            return once
        try:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    once()
            torch.cuda.current_stream().wait_stream(side)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                once()
        except RuntimeError as error:
            LAUNCHED.append(f"{once.__qualname__}: {error}")
            return once
        return graph.replay

    name = torch.cuda.get_device_name() if device != "cpu" else "cpu"
    return ours, theirs, traced, name
