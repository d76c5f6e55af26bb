// The functions that the generated evaluator calls: Math's, and those that Math lacks or has
// otherwise than C.
import type { Library } from "./types";

function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) {
    // Abramowitz and Stegun 7.1.6: every term has the same sign, so nothing cancels
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  if (!(a < 6)) return x !== x ? x : Math.sign(x);
  let tail = 0; // 7.1.14, the continued fraction of the complement, from its far end
  for (let n = 60; n > 0; n--) tail = n / 2 / (a + tail);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (a + tail)));
}

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

function pow(x: number, y: number): number {
  return x === 1 || y === 0 ? 1 : x === -1 && !Number.isFinite(y) && y === y ? 1 : x ** y;
}

function logaddexp(x: number, y: number): number {
  const top = maximum(x, y);
  return Number.isFinite(top) ? top + Math.log1p(Math.exp(-Math.abs(x - y))) : top;
}

const maximum = (x: number, y: number) => (x >= y || x !== x ? x : y);
const minimum = (x: number, y: number) => (x <= y || x !== x ? x : y);

const fromMath = Object.fromEntries(
  Object.getOwnPropertyNames(Math)
    .map((name) => [name, Math[name as keyof Math]])
    .filter(([, f]) => typeof f === "function"),
) as Library;

export const library: Library = {
  ...fromMath,
  fabs: Math.abs,
  pow,
  erf,
  sigmoid,
  softplus: (x) => (x !== x ? x : (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  logaddexp,
  maximum,
  minimum,
  take: (index, ...rows) => rows[index],
};
