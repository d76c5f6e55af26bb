// Numbers as people read them: five digits, by the rule of Python's notation.py.

export function number(x: number, digits = 5): string {
  if (!Number.isFinite(x)) return x !== x ? "nan" : x > 0 ? "inf" : "-inf";
  if (x === 0) return "0.0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = x.toExponential(digits - 2).split("e");
    return `${trimmed(mantissa)}e${exponent.replace("+", "")}`;
  }
  const places = Math.max(digits - 1 - Math.floor(Math.log10(size)), 0);
  return trimmed(x.toFixed(places)) + (Number.isInteger(x) ? ".0" : "");
}

const trimmed = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

// Two digits, however large or small the number is.
export function short(x: number): string {
  if (!Number.isFinite(x)) return number(x);
  const size = Math.abs(x);
  if (size >= 0.01 && size < 1e4) return String(Number(x.toPrecision(3)));
  return x.toExponential(1).replace("e+", "e");
}

export const signed = (x: number) => (x < 0 ? number(x) : `+${number(x)}`);

// A dotted path is told by its end, anything else by its beginning.
export function shortened(text: string, length: number): string {
  const letters = [...text];
  if (letters.length <= length) return text;
  const isPath = /^[\p{L}\w]+(\.[\p{L}\w]+)+$/u.test(text);
  return isPath
    ? `…${letters.slice(1 - length).join("")}`
    : `${letters.slice(0, length - 1).join("")}…`;
}

// Equal but for rounding; nan equals nan.
export function same(x: number, y: number): boolean {
  return Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
}

// What to say of a text that is not a number.
export const refusal = (text: string) =>
  text.trim()
    ? `“${text.trim()}” is not a number: type a number, like 2.5`
    : "Type a number, like 2.5";

export function parseNumber(text: string): number | null {
  const clean = text.trim().replace(",", ".").replace("−", "-");
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean)) return Number(clean);
  const fraction = /^([+-]?\d+)\s*\/\s*(\d+)$/.exec(clean);
  return fraction && Number(fraction[2]) ? Number(fraction[1]) / Number(fraction[2]) : null;
}
