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
  return Math.sign(x) * (1 - tail(a));
}

// exp(-x²) over its continued fraction (7.1.14), taken from its far end
function tail(x: number): number {
  let rest = 0;
  for (let n = 60; n > 0; n--) rest = n / 2 / (x + rest);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + rest));
}

const erfc = (x: number) => (x < 2.5 ? 1 - erf(x) : x < 27 ? tail(x) : x !== x ? x : 0);

function modulo(x: number, y: number): number {
  const rest = y === 0 || !Number.isFinite(x) ? NaN : x % y;
  return rest === 0 ? (y > 0 ? 0 : -0) : rest < 0 !== y < 0 ? rest + y : rest;
}

function floor_divide(x: number, y: number): number {
  if (y === 0) return x / y;
  const rest = x % y;
  const whole = (x - rest) / y - +(rest !== 0 && rest < 0 !== y < 0);
  const down = Math.floor(whole);
  return whole === 0 ? 0 * (x / y) : down + +(whole - down > 0.5);
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
  erfc,
  modulo,
  floor_divide,
  sigmoid,
  softplus: (x) => (x !== x ? x : (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  logaddexp,
  maximum,
  minimum,
  take: (index, ...rows) => rows[index],
};
