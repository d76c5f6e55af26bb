"""The programs of the gallery in JAX: the same formulas, starts and steps, its loops in lax.scan.

argv: the name of the program. Where weights are drawn at random they are other ones.
"""

import sys
from itertools import pairwise

import jax
import jax.flatten_util
import jax.numpy as jnp
import numpy as np
from jax import grad, jit, lax, value_and_grad, vmap
from jax.scipy.special import erfc
from scipy.optimize import minimize

from serve import seconds, serve

jax.config.update("jax_enable_x64", True)


def black_scholes():
    def normal(x):
        return erfc(-x / jnp.sqrt(2.0)) / 2

    def price(spot, volatility, years, rate):
        spread = volatility * jnp.sqrt(years)
        d = (jnp.log(spot / 100.0) + (rate + volatility**2 / 2) * years) / spread
        return spot * normal(d) - 100.0 * jnp.exp(-rate * years) * normal(d - spread)

    def greeks(*market):
        value, (delta, vega, ageing, rho) = value_and_grad(price, argnums=(0, 1, 2, 3))(*market)
        return value, delta, grad(grad(price))(*market), vega, -ageing, rho

    spots = np.linspace(50.0, 150.0, 10_000)
    rows = jit(vmap(greeks))(spots, *(np.full(10_000, x) for x in (0.25, 0.5, 0.03)))
    return [float(row.mean()) for row in rows]


def robot_arm():
    lengths = jnp.array([1.0, 0.8, 0.5])

    def tip(angles):
        headings = jnp.cumsum(angles)
        return jnp.stack([lengths @ jnp.cos(headings), lengths @ jnp.sin(headings)])

    @jit
    def step(angles, target):
        J = jax.jacobian(tip)(angles)
        miss = jnp.linalg.solve(J @ J.T + 1e-6 * jnp.eye(2), target - tip(angles))
        return angles + J.T @ miss

    angles = jnp.array([0.3, 0.8, 0.5])
    for turn in 2 * np.pi * np.arange(2000) / 2000:
        target = np.array([1.1 + 0.5 * np.cos(turn), 0.6 + 0.5 * np.sin(turn)])
        for _ in range(6):
            angles = step(angles, target)
    return np.asarray(angles).tolist()


def runge_kutta(motion, state, dt):
    a = motion(state)
    b = motion(state + dt / 2 * a)
    c = motion(state + dt / 2 * b)
    d = motion(state + dt * c)
    return state + dt / 6 * (a + 2 * b + 2 * c + d)


def pendulum():
    def step(state, torque):
        def motion(s):
            return jnp.stack([s[1], torque - 9.81 * jnp.sin(s[0]) - 0.1 * s[1]])

        return runge_kutta(motion, state, 0.06), None

    @jit
    @value_and_grad
    def cost(controls):
        torques = 4.0 * jnp.sin(controls)
        (angle, speed), _ = lax.scan(step, jnp.zeros(2), torques)
        return 20 * (1 + jnp.cos(angle)) + speed * speed + 1e-3 * (torques**2).sum()

    controls, velocity = np.linspace(-0.5, 0.5, 60), np.zeros(60)
    for _ in range(1500):
        value, slope = cost(controls)
        velocity = 0.9 * velocity - 0.002 * np.asarray(slope)
        controls = controls + velocity
    return [float(value)]


def kalman():
    draw = np.random.default_rng(7)
    levels = np.cumsum(draw.normal(0.0, 0.5, 200))
    measured = levels + draw.normal(0.0, 1.5, 200)

    @jit
    @value_and_grad
    def surprise(noises):
        wander, error = jnp.exp(noises)

        def step(state, z):
            level, variance = state[0], state[1] + wander
            spread, miss = variance + error, z - level
            gain = variance / spread
            said = (jnp.log(2 * jnp.pi * spread) + miss * miss / spread) / 2
            return (level + gain * miss, (1 - gain) * variance), said

        return lax.scan(step, (0.0, 100.0), measured)[1].sum()

    noises = np.zeros(2)
    for _ in range(400):
        noises = noises - 0.01 * np.asarray(surprise(noises)[1])
    return noises.tolist()


def curve_fit():
    def curve(p, t):
        return p[0] * jnp.exp(-p[1] * t) + p[2] * jnp.exp(-p[3] * t)

    curves = jit(vmap(value_and_grad(curve), in_axes=(None, 0)))
    t = np.linspace(0.0, 6.0, 100)
    noise = np.random.default_rng(1).normal(0.0, 0.15, 100)
    y = 2.0 * np.exp(-1.5 * t) + 1.0 * np.exp(-0.2 * t) + noise
    p, damping = np.array([1.0, 2.0, 0.5, 0.1]), 1e-3
    values, J = map(np.asarray, curves(p, t))
    for _ in range(30):
        normal = J.T @ J
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), J.T @ (y - values))
        tried, slopes = map(np.asarray, curves(p + step, t))
        if sum((y - tried) ** 2) < sum((y - values) ** 2):
            p, values, J, damping = p + step, tried, slopes, damping / 10
        else:
            damping *= 10
    return p.tolist()


def network(sizes):
    draw = np.random.default_rng(1)
    shapes = list(pairwise(sizes))
    reach = [np.sqrt(6 / (n + m)) for n, m in shapes]
    return [(draw.uniform(-r, r, shape), np.zeros(shape[1])) for r, shape in zip(reach, shapes)]


def answer(layers, x):
    for w, b in layers[:-1]:
        x = jnp.tanh(x @ w + b)
    return x @ layers[-1][0] + layers[-1][1]


def pinn():
    times = np.linspace(0.0, 5.0, 100)
    start, shaped = jax.flatten_util.ravel_pytree(network([1, 16, 16, 1]))

    def u(layers, t):
        return 1 + t * t * answer(layers, jnp.stack([2 * t / 5.0 - 1]))[0]

    def residual(layers, t):
        speed = grad(u, argnums=1)
        return grad(speed, argnums=1)(layers, t) + 0.6 * speed(layers, t) + 4.0 * u(layers, t)

    @jit
    @value_and_grad
    def loss(numbers):
        return (vmap(residual, in_axes=(None, 0))(shaped(numbers), times) ** 2).mean()

    def objective(numbers):
        value, slope = loss(numbers)
        return float(value), np.asarray(slope)

    options = {"maxiter": 2000}
    done = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    return np.asarray(vmap(u, in_axes=(None, 0))(shaped(done.x), times))[::20].tolist()


def neural_ode():
    t = 0.1 * np.arange(61)
    shrink = 2.0 * np.exp(-0.1 * t)
    true = np.stack([shrink * np.cos(2 * t), -shrink * np.sin(2 * t)], axis=1)
    windows = np.stack([true[i : i + 11] for i in range(50)])
    start, shaped = jax.flatten_util.ravel_pytree(network([2, 16, 2]))

    def path(layers, state, steps):
        def step(state, _):
            there = runge_kutta(lambda s: answer(layers, s), state, 0.1)
            return there, there

        return lax.scan(step, state, None, length=steps)[1]

    def loss(numbers, window):
        return ((path(shaped(numbers), window[0], 10) - window[1:]) ** 2).mean()

    @jit
    def update(numbers, m, v, i):
        slope = grad(lambda p: vmap(loss, in_axes=(None, 0))(p, windows).mean())(numbers)
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        step = m / (1 - 0.9**i) / (jnp.sqrt(v / (1 - 0.999**i)) + 1e-8)
        return numbers - 0.02 * step, m, v

    numbers, m, v = start, jnp.zeros_like(start), jnp.zeros_like(start)
    for i in range(600):
        numbers, m, v = update(numbers, m, v, i + 1)
    return np.asarray(path(shaped(numbers), jnp.array([2.0, 0.0]), 60))[19::20].ravel().tolist()


def logistic():
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)

    @jit
    @value_and_grad
    def objective(weights):
        scores = X @ weights[:-1] + weights[-1]
        losses = jnp.logaddexp(0.0, scores) - y * scores
        return losses.mean() + 1e-3 * (weights[:-1] ** 2).sum()

    def noted(weights):
        value, slope = objective(weights)
        return float(value), np.asarray(slope)

    options = {"maxiter": 200, "ftol": 1e-14, "gtol": 1e-9}
    return minimize(noted, np.zeros(31), jac=True, method="L-BFGS-B", options=options).x.tolist()


def hmc():
    def energy(q):
        along, across = q[0] / 1.5, (q[1] - q[0] * q[0]) / 0.5
        return (along * along + across * across) / 2

    @jit
    def rolled(q, p):
        def step(_, state):
            q, p = state
            p = p - 0.045 * grad(energy)(q)
            q = q + 0.09 * p
            return q, p - 0.045 * grad(energy)(q)

        before = energy(q) + p @ p / 2
        q, p = lax.fori_loop(0, 40, step, (q, p))
        return q, energy(q) + p @ p / 2 - before

    draw, q, chain = np.random.default_rng(1), np.zeros(2), []
    pushes, luck = draw.normal(size=(20_000, 2)), np.log(draw.random(20_000))
    for p, limit in zip(pushes, luck, strict=True):
        there, growth = rolled(q, p)
        q = there if limit < -growth else q
        chain.append(q)
    return np.array(chain).mean(axis=0).tolist()


def spring_mesh():
    rows, columns = 8, 12
    numbered = np.arange(rows * columns).reshape(rows, columns)
    i = np.concatenate([numbered[:, :-1].ravel(), numbered[:-1].ravel()])
    j = np.concatenate([numbered[:, 1:].ravel(), numbered[1:].ravel()])
    grid = np.array([[0.8 * c, -r] for r in range(rows) for c in range(columns)])
    free = np.array([k for k in range(rows * columns) if k not in (0, columns - 1)])

    def energy(numbers):
        points = jnp.asarray(grid).at[free].set(numbers.reshape(-1, 2))
        stretch = jnp.sqrt(((points[i] - points[j]) ** 2).sum(axis=1)) - 1.0
        return 0.25 * points[free, 1].sum() + 30.0 * (stretch**2).sum()

    slope = jit(value_and_grad(energy))
    bend = jit(lambda x, v: jax.jvp(grad(energy), (x,), (v,))[1])

    def objective(x):
        value, gradient = slope(x)
        return float(value), np.asarray(gradient)

    options = {"gtol": 1e-8}
    done = minimize(
        objective,
        grid[free].ravel(),
        jac=True,
        hessp=lambda x, v: np.asarray(bend(x, v)),
        method="trust-ncg",
        options=options,
    )
    return done.x.tolist()


jit(lambda x: x + 1)(jnp.zeros(3)).block_until_ready()  # JAX itself is warm
PROGRAM = globals()[sys.argv[1]]
ANSWER = []
serve(time=lambda: seconds(lambda: ANSWER.append(PROGRAM())), answer=lambda: ANSWER[0])
