"""The price of an option, and what it is sensitive to."""

from dataclasses import dataclass

from micrograd import erf, exp, grad, log, sqrt, value_and_grad


@dataclass(frozen=True)
class Contract:
    strike: float
    years: float


def normal_cdf(x: float) -> float:
    return 0.5 * (1.0 + erf(x / 2**0.5))


def price(spot: float, volatility: float, rate: float, contract: Contract) -> float:
    spread = volatility * sqrt(contract.years)
    drift = (rate + volatility**2 / 2) * contract.years
    d1 = (log(spot / contract.strike) + drift) / spread
    discount = exp(-rate * contract.years)
    return spot * normal_cdf(d1) - contract.strike * discount * normal_cdf(d1 - spread)


contract = Contract(strike=100.0, years=0.5)
value, delta = value_and_grad(price)(102.0, 0.2, 0.01, contract)
gamma = grad(grad(price))(102.0, 0.2, 0.01, contract)
vega, rho = grad(price, (1, 2))(102.0, 0.2, 0.01, contract)
print(f"{value:.4f} {delta:.4f} {gamma:.4f}", vega, rho)
assert 0.0 < delta < 1.0 < value
