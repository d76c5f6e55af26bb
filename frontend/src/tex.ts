// The part of TeX that the op table and the formulas are written in, as MathML, which browsers draw
// themselves. A command that is not known is taken for the name of a function, so that a new op is
// readable at once.

const SYMBOLS: Record<string, string> = {
  cdot: "·",
  times: "×",
  sigma: "σ",
  partial: "∂",
  sum: "∑",
  prod: "∏",
  leq: "≤",
  le: "≤",
  geq: "≥",
  ge: "≥",
  neq: "≠",
  ne: "≠",
  infty: "∞",
  pm: "±",
  to: "→",
  ldots: "…",
  dots: "…",
  cdots: "⋯",
  lt: "<",
  gt: ">",
  mid: "|",
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  epsilon: "ε",
  theta: "θ",
  lambda: "λ",
  mu: "μ",
  pi: "π",
};
const SPACES = new Set([",", ";", ":", "!", " ", "quad", "qquad"]);
const TEXT = new Set([
  "text",
  "mathrm",
  "operatorname",
  "mathit",
  "mathsf",
  "texttt",
  "textit",
  "textbf",
]);
const ESCAPED = new Set(["{", "}", "_", "%", "#", "&", "$"]);
const ENVIRONMENT = new Set(["aligned", "align*", "align", "gathered"]);

type Token = {
  kind: "command" | "open" | "close" | "script" | "letter" | "number" | "sign" | "row" | "cell";
  text: string;
};

function tokens(tex: string): Token[] {
  const found: Token[] = [];
  const pattern = /\\\\|\\[a-zA-Z]+|\\.|[{}]|[\^_]|\d+(?:\.\d+)?(?:e[+-]?\d+)?|&|\s+|./gsu;
  for (const [text] of tex.matchAll(pattern)) {
    if (text === "\\\\") found.push({ kind: "row", text });
    else if (text === "&") found.push({ kind: "cell", text });
    else if (text.startsWith("\\")) found.push({ kind: "command", text: text.slice(1) });
    else if (text === "{") found.push({ kind: "open", text });
    else if (text === "}") found.push({ kind: "close", text });
    else if (text === "^" || text === "_") found.push({ kind: "script", text });
    else if (/^\d/.test(text)) found.push({ kind: "number", text });
    else if (/^\p{L}/u.test(text)) found.push({ kind: "letter", text });
    else if (/\s/.test(text)) found.push({ kind: "sign", text: " " });
    else found.push({ kind: "sign", text });
  }
  return found;
}

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

class Parser {
  private at = 0;
  private readonly tokens: Token[];

  constructor(tex: string) {
    this.tokens = tokens(tex);
  }

  all(): string {
    const rows: string[][] = [[""]];
    while (this.at < this.tokens.length) {
      if (this.tokens[this.at].text === " ") {
        this.at += 1;
        continue;
      }
      const { kind } = this.tokens[this.at];
      if (kind === "row") rows.push([""]);
      else if (kind === "cell") rows[rows.length - 1].push("");
      else {
        const row = rows[rows.length - 1];
        row[row.length - 1] += this.scripted();
        continue;
      }
      this.at += 1;
    }
    if (rows.length === 1 && rows[0].length === 1) return rows[0][0];
    const cells = rows.map(
      (row) => `<mtr>${row.map((c) => `<mtd><mrow>${c}</mrow></mtd>`).join("")}</mtr>`,
    );
    return `<mtable class="aligned" displaystyle="true">${cells.join("")}</mtable>`;
  }

  // One thing with what stands above and below it.
  private scripted(): string {
    const base = this.one();
    let below = "";
    let above = "";
    while (this.tokens[this.at]?.kind === "script") {
      const sign = this.tokens[this.at++].text;
      if (sign === "^") above = this.one();
      else below = this.one();
    }
    if (below && above) return `<msubsup>${base}${below}${above}</msubsup>`;
    if (below) return `<msub>${base}${below}</msub>`;
    return above ? `<msup>${base}${above}</msup>` : base;
  }

  private one(): string {
    while (this.tokens[this.at]?.text === " ") this.at += 1;
    const token = this.tokens[this.at++];
    if (!token) return "<mrow></mrow>";
    switch (token.kind) {
      case "open":
        return this.group();
      case "number":
        return `<mn>${token.text}</mn>`;
      case "letter":
        return `<mi>${escaped(token.text)}</mi>`;
      case "command":
        return this.command(token.text);
      default:
        return `<mo stretchy="false">${escaped(token.text === "-" ? "−" : token.text)}</mo>`;
    }
  }

  private group(): string {
    let inside = "";
    while (this.at < this.tokens.length && this.tokens[this.at].kind !== "close")
      inside += this.scripted();
    this.at += 1;
    return `<mrow>${inside}</mrow>`;
  }

  private plain(): string {
    let text = "";
    let depth = 0;
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at];
      if (token.kind === "open" && depth++ === 0) continue;
      if (token.kind === "close" && --depth === 0) break;
      text +=
        token.kind === "command" && !ESCAPED.has(token.text) && token.text !== " "
          ? ""
          : token.text;
      if (depth === 0) break;
    }
    this.at += 1;
    return escaped(text);
  }

  private command(name: string): string {
    if (name === "frac" || name === "dfrac") return `<mfrac>${this.one()}${this.one()}</mfrac>`;
    if (name === "sqrt") return `<msqrt>${this.one()}</msqrt>`;
    if (TEXT.has(name)) return `<mi mathvariant="normal">${this.plain()}</mi>`;
    if (name === "left" || name === "right") return this.fence();
    if (name === "begin" || name === "end") {
      const environment = this.plain();
      return ENVIRONMENT.has(environment) ? "" : `<mtext>${environment}</mtext>`;
    }
    if (SPACES.has(name)) return `<mspace width="${name === "," ? "0.17em" : "0.5em"}"></mspace>`;
    if (ESCAPED.has(name)) return `<mo stretchy="false">${escaped(name)}</mo>`;
    if (SYMBOLS[name])
      return /^\p{L}$/u.test(SYMBOLS[name])
        ? `<mi>${SYMBOLS[name]}</mi>`
        : `<mo>${SYMBOLS[name]}</mo>`;
    return `<mi mathvariant="normal">${escaped(name)}</mi>`;
  }

  private fence(): string {
    const token = this.tokens[this.at++];
    return token && token.text !== "." ? `<mo stretchy="true">${escaped(token.text)}</mo>` : "";
  }
}

export function mathml(tex: string): string {
  const source = tex
    .trim()
    .replace(/^\$+|\$+$/g, "")
    .replace(/^\\\[|\\\]$/g, "");
  return `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${new Parser(source).all()}</math>`;
}
