"""Two moons, learnt on all devices that JAX sees by one process: each takes its rows of the batch.

    python examples/distributed/shards.py                   # the GPUs or TPUs of this machine
    XLA_FLAGS=--xla_force_host_platform_device_count=2 JAX_PLATFORMS=cpu \\
        python examples/distributed/shards.py               # its CPU, as two devices

The step is JAX's own; of this package it takes the model as a function of arrays. Several machines
run the same after ``jax.distributed.initialize()``, with the rows that each has.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Spec

from micrograd.data import moons
from micrograd.export import to_jax
from micrograd.nn import MLP

jax.config.update("jax_enable_x64", True)
EPOCHS, RATE = 100, 0.5


def main() -> None:
    mesh = Mesh(jax.devices(), ("devices",))
    model = MLP(2, [16, 16, 1], seed=1)
    predict, params = to_jax(model, [0.0, 0.0], dtype="float64")
    X, y = moons(400, noise=0.2, seed=1)  # as many rows as devices go into
    rows = NamedSharding(mesh, Spec("devices"))
    X, y = jax.device_put(X, rows), jax.device_put(y * 1.0, rows)

    def loss(params, X, y):
        share = jnp.maximum(0.0, 1.0 - y * predict(params, X)).mean()
        return jax.lax.pmean(share, "devices")  # in here: so the gradient is that of all rows

    @jax.jit
    @partial(
        jax.shard_map,
        mesh=mesh,
        in_specs=(Spec(), Spec("devices"), Spec("devices")),
        out_specs=(Spec(), Spec()),
    )
    def trained(params, X, y):
        def step(params, _):
            value, slopes = jax.value_and_grad(loss)(params, X, y)
            return jax.tree.map(lambda p, slope: p - RATE * slope, params, slopes), value

        return jax.lax.scan(step, params, length=EPOCHS)

    params, losses = trained(params, X, y)
    model.load_state_dict(params)
    print(f"{mesh.size} devices: loss {losses[-1]:.6f}")
    print("parameters", *[p.data.hex() for p in model.parameters()])


if __name__ == "__main__":
    main()
