// How an operation is written, by the rules of Python's notation.py.
import type { OpData } from "./types";

export interface Written {
  text: string;
  level: number; // how tightly it holds together
}

const [CHOICE, COMPARISON, SUM, PRODUCT, POWER, ATOM] = [0, 1, 2, 3, 4, 5];
const WIDE = 8; // more arguments than these are shortened
const COMMUTATIVE = new Set(["+", "*", "·", "×"]);
const PLAIN = /^[\p{L}\p{N}_.#'^]+(\[[\p{L}\p{N}_, ]+\])*$/u;
const COMPARISONS = new Set(["lt", "le", "gt", "ge"]);
const SUPERSCRIPT: Record<string, string> = { "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³" };
[..."⁴⁵⁶⁷⁸⁹"].forEach((c, i) => (SUPERSCRIPT[String(i + 4)] = c));

// A label where something follows it: one that is itself a formula goes in brackets.
export function nameText(label: string): string {
  return PLAIN.test(label) || inside(label) !== null ? label : `(${label})`;
}

// What stands between the brackets around a name.
function inside(name: string): string | null {
  let depth = 0;
  const letters = [...name];
  for (let i = 0; i < letters.length; i++) {
    depth += Number(letters[i] === "(") - Number(letters[i] === ")");
    if (depth <= 0)
      return depth === 0 && i > 0 && i === letters.length - 1 ? name.slice(1, -1) : null;
  }
  return null;
}

// A name or a number as a part of a formula, which adds the brackets that it needs.
export function bracketed(name: string): Written {
  const bare = inside(name);
  if (bare !== null) return { text: bare, level: CHOICE };
  return { text: name, level: name.startsWith("-") ? SUM : ATOM };
}

export function expression(op: OpData, args: Written[]): string {
  const at = (x: Written, level: number) => (x.level >= level ? x.text : `(${x.text})`);
  if (args.length > WIDE) args.splice(3, args.length - 4, { text: "…", level: ATOM });
  const list = () => args.map((x) => x.text).join(", ");
  switch (op.name) {
    case "add":
    case "sum":
      if (args.length === 1) return args[0].text;
      return args.map((x, i) => at(x, i ? PRODUCT : SUM)).join(" + ");
    case "mul":
    case "prod":
      return args.map((x) => at(x, PRODUCT)).join(" · ");
    case "pow":
      return args.map((x) => at(x, ATOM)).join("^");
    case "powc": {
      const exponent = op.symbol.replace("**", "").replace(/\.0$/, "");
      if (exponent === "-1") return `1 / ${at(args[0], POWER)}`;
      const raised = /^-?\d+$/.test(exponent);
      const power = raised ? [...exponent].map((c) => SUPERSCRIPT[c]).join("") : `^${exponent}`;
      return at(args[0], ATOM) + power;
    }
    case "abs":
      return `|${args[0].text}|`;
    case "where": {
      const [condition, chosen, other] = args.map((x) => at(x, COMPARISON));
      return `${chosen} if ${condition} else ${other}`;
    }
  }
  if (!op.symbol) return `made by hand(${list()})`;
  let isSign = !/[\p{L}\p{N}]/u.test(op.symbol);
  if (op.name === "handmade" && isSign && args.length === 1) {
    args = [...args, { text: "…", level: ATOM }]; // the other operand is not recorded
    isSign = COMMUTATIVE.has(op.symbol);
  }
  if (COMPARISONS.has(op.name) || (isSign && args.length > 1))
    return args.map((x) => at(x, SUM)).join(` ${op.symbol} `);
  return `${op.symbol}(${list()})`;
}
