"""The programs of the gallery, in a short form, against closed forms and against SciPy."""

import importlib.util
import json

import numpy as np
import pytest
from benchmarks import gallery
from benchmarks.programs.names import GALLERY
from pages import ROOT
from scipy.integrate import solve_ivp
from scipy.optimize import curve_fit as scipy_curve_fit
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm
from sklearn.linear_model import LogisticRegression

NAMES = [
    "black_scholes",
    "curve_fit",
    "hmc",
    "kalman",
    "logistic",
    "neural_ode",
    "pendulum",
    "pinn",
    "robot_arm",
    "spring_mesh",
]


def example(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_it_is_short(name):
    assert len((ROOT / "examples" / f"{name}.py").read_text().splitlines()) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_its_picture_and_says_where_it_is(name):
    page = (ROOT / "docs" / "gallery.md").read_text()
    assert f"(images/gallery/{name}.svg)" in page
    assert f"/examples/{name}.py)" in page
    assert (ROOT / "docs" / "images" / "gallery" / f"{name}.svg").exists()


def test_the_table_of_the_page_is_what_was_measured():
    measured = json.loads(gallery.MEASURED.read_text())
    assert {row["name"] for row in measured["rows"]} == set(GALLERY) == set(NAMES)
    assert gallery.table(measured) in gallery.PAGE.read_text()


def test_the_greeks_are_those_of_the_closed_form():
    module = example("black_scholes")
    spots, rows = module.solve(options=7)
    v, years, rate, strike = module.VOLATILITY, module.YEARS, module.RATE, module.STRIKE
    spread, paid = v * np.sqrt(years), strike * np.exp(-rate * years)
    d = (np.log(spots / strike) + (rate + v * v / 2) * years) / spread
    below = norm.cdf(d - spread)
    expected = (
        spots * norm.cdf(d) - paid * below,
        norm.cdf(d),
        norm.pdf(d) / (spots * spread),
        spots * norm.pdf(d) * np.sqrt(years),
        -spots * norm.pdf(d) * v / (2 * np.sqrt(years)) - rate * paid * below,
        years * paid * below,
    )
    for ours, closed in zip(rows, expected, strict=True):
        assert ours == pytest.approx(closed, rel=1e-9, abs=1e-12)


def test_the_arm_reaches_each_point():
    module = example("robot_arm")
    targets, found = module.solve(points=12)
    headings = np.cumsum(found, axis=1)
    tips = np.stack([np.cos(headings) @ module.LENGTHS, np.sin(headings) @ module.LENGTHS], axis=1)
    assert tips == pytest.approx(np.array(targets), abs=1e-6)


def test_a_step_of_the_pendulum_is_that_of_scipy():
    module = example("pendulum")
    motion = lambda _, state: module.motion(*state, 3.0)  # noqa: E731
    there = solve_ivp(motion, (0, module.DT), [2.0, 1.0], rtol=1e-9).y[:, -1]
    assert module.advanced((2.0, 1.0), 3.0) == pytest.approx(there, abs=1e-5)


@pytest.mark.deep
def test_the_torques_swing_the_pendulum_up():
    module = example("pendulum")
    controls, costs = module.solve()
    assert costs[-1] < 1 < costs[0]
    assert all(abs(torque) <= module.STRONGEST for torque in module.torques(controls))


def test_the_filter_finds_the_largest_likelihood_of_the_joint_normal_distribution():
    module = example("kalman")
    _, measured, noises = module.solve(days=40, updates=400)
    days = np.arange(1, 41)

    def surprise(noises):
        wander, error = np.exp(noises)
        shared = module.FIRST_VARIANCE + wander * np.minimum.outer(days, days)
        return -multivariate_normal.logpdf(measured, cov=shared + error * np.eye(40))

    ours, _ = module.slope(noises, measured)
    assert ours == pytest.approx(surprise(noises), rel=1e-10)
    assert ours == pytest.approx(minimize(surprise, noises).fun, abs=1e-3)


def test_the_fit_and_its_covariance_are_those_of_scipy():
    module = example("curve_fit")
    t, y, p, covariance = module.solve(points=60)
    plain = lambda t, a, b, c, d: a * np.exp(-b * t) + c * np.exp(-d * t)  # noqa: E731
    expected, expected_covariance = scipy_curve_fit(plain, t, y, p0=[1.0, 2.0, 0.5, 0.1])
    assert p == pytest.approx(expected, rel=1e-5)
    assert covariance == pytest.approx(expected_covariance, rel=1e-3)


def test_what_the_network_is_trained_on_is_the_equation():
    module = example("pinn")
    h, t = 1e-4, 1.3
    left, here, right = (module.u(x).data for x in (t - h, t, t + h))
    by_differences = (
        (right - 2 * here + left) / h**2
        + module.DAMPING * (right - left) / h
        + module.FREQUENCY**2 * here
    )
    assert module.residual(t).data == pytest.approx(by_differences, abs=1e-4)


@pytest.mark.deep
def test_the_network_nears_the_solution_of_the_equation():
    module = example("pinn")
    times, positions = module.solve()
    assert abs(positions - module.exact(times)).max() < 0.01


def test_a_path_of_the_neural_ode_is_that_of_the_flow():
    module = example("neural_ode")
    steps = module.path(module.START, 20, law=lambda state: module.SPIRAL @ state)
    assert np.array(steps) == pytest.approx(module.seen(20), abs=1e-3)


@pytest.mark.deep
def test_the_neural_ode_learns_its_law():
    true, learnt = example("neural_ode").solve()
    assert abs(true - learnt).max() < 0.2


def test_the_regression_is_that_of_scikit_learn():
    module = example("logistic")
    X, y, weights, _ = module.solve()
    peer = LogisticRegression(C=1 / (2 * module.PENALTY * len(X)), tol=1e-10, max_iter=10_000)
    peer.fit(X, y)
    assert weights == pytest.approx(np.append(peer.coef_[0], peer.intercept_), abs=1e-3)


def test_the_samples_are_spread_as_the_density():
    module = example("hmc")
    chain, accepted = module.solve(samples=3000)
    assert accepted > 0.9
    assert chain[:, 0].mean() == pytest.approx(0.0, abs=0.4)
    assert chain[:, 1].mean() == pytest.approx(module.WIDTH**2, abs=0.7)


def test_a_hanging_chain_stretches_by_the_weight_below():
    module = example("spring_mesh")
    points, _, _ = module.solve(rows=6, columns=1)
    below = np.arange(5, 0, -1)
    expected = -np.cumsum(module.LENGTH + module.WEIGHT * below / module.STIFFNESS)
    assert points[1:] == pytest.approx(np.stack([np.zeros(5), expected], axis=1), abs=1e-6)


def test_in_the_net_at_rest_the_springs_bear_the_weight():
    module = example("spring_mesh")
    points, pairs, _ = module.solve(rows=3, columns=4)
    forces = np.zeros_like(points)
    forces[:, 1] -= module.WEIGHT
    for i, j in pairs:
        apart = points[j] - points[i]
        length = np.linalg.norm(apart)
        pull = module.STIFFNESS * (length - module.LENGTH) * apart / length
        forces[i] += pull
        forces[j] -= pull
    assert np.delete(forces, [0, 3], axis=0) == pytest.approx(0.0, abs=1e-5)
