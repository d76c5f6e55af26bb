// A line of code with what its names hold in their place: a.grad += 3.0 · 1.0 for
// self.grad += other.data * out.grad. And a line in the colours of code.
import type { Thing } from "./types";

export interface Piece {
  text: string;
  kind: "" | "data" | "grad" | "name" | "keyword" | "string" | "comment";
}

export interface Numbers {
  name: (node: number) => string;
  data: (node: number) => string;
  grad: (node: number) => string;
  plain: (x: number) => string;
}

const TOKEN =
  /(#.*$)|([fr]?"(?:\\.|[^"\\])*"|[fr]?'(?:\\.|[^'\\])*')|(\.?\b[A-Za-z_]\w*(?:\.(?:data|grad)\b)?)/g;
const KEYWORDS = new Set(
  "and as assert class def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield self".split(
    " ",
  ),
);

export function coloured(line: string): Piece[] {
  return pieces(line, (word) => {
    if (KEYWORDS.has(word)) return { text: word, kind: "keyword" };
    const [first, rest] = word.split(/(?=\.(?:data|grad)$)/);
    return KEYWORDS.has(first) && rest ? { text: word, kind: "" } : null;
  });
}

// Null where nothing in the line stands for a number or a value.
export function filled(line: string, held: Map<string, Thing>, numbers: Numbers): Piece[] | null {
  const [head, sign] = assigned(line);
  let any = false;
  const put = (word: string, at: number): Piece | null => {
    if (word.startsWith(".")) return null;
    const [name, attribute] = word.split(".");
    const thing = held.get(name);
    if (!thing) return null;
    const isTarget = at < head && sign !== "";
    const piece = isTarget
      ? target(thing, attribute, numbers)
      : replaced(thing, attribute, numbers);
    any ||= piece !== null;
    return piece;
  };
  const found = pieces(line.trim(), put);
  return any ? found : null;
}

function target(thing: Thing, attribute: string | undefined, numbers: Numbers): Piece | null {
  if (!("node" in thing)) return null;
  const name = numbers.name(thing.node);
  return { text: attribute ? `${name}.${attribute}` : name, kind: "name" };
}

function replaced(thing: Thing, attribute: string | undefined, numbers: Numbers): Piece | null {
  if ("node" in thing) {
    if (attribute === "data") return { text: numbers.data(thing.node), kind: "data" };
    if (attribute === "grad") return { text: numbers.grad(thing.node), kind: "grad" };
    return { text: numbers.name(thing.node), kind: "name" };
  }
  if (attribute) return null;
  if ("data" in thing) return { text: numbers.data(thing.data), kind: "data" };
  if ("number" in thing) return { text: numbers.plain(Number(thing.number)), kind: "data" };
  return null;
}

// How far the left side of an assignment goes, and by which sign.
function assigned(line: string): [number, string] {
  const found = /^\s*[\w., ]+?\s*([-+*/]?=)(?!=)/.exec(line.trim());
  return found ? [found[0].length, found[1]] : [0, ""];
}

function pieces(line: string, put: (word: string, at: number) => Piece | null): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(TOKEN)) {
    const piece: Piece | null = match[1]
      ? { text: match[1], kind: "comment" }
      : match[2]
        ? { text: match[2], kind: "string" }
        : isCalled(line, match) || isKeywordArgument(line, match)
          ? null
          : put(match[0], match.index);
    if (!piece) continue;
    if (match.index > end) found.push({ text: line.slice(end, match.index), kind: "" });
    found.push(piece);
    end = match.index + match[0].length;
  }
  if (end < line.length) found.push({ text: line.slice(end), kind: "" });
  return found;
}

const isCalled = (line: string, match: RegExpExecArray) =>
  line[match.index + match[0].length] === "(" && !KEYWORDS.has(match[0]);
const isKeywordArgument = (line: string, match: RegExpExecArray) =>
  /^=[^=]/.test(line.slice(match.index + match[0].length)) &&
  /[(,]\s*$/.test(line.slice(0, match.index));
