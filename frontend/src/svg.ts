// Elements of SVG. Text is always set as text: a label cannot become markup.
import { number, short } from "./format";

const NAMESPACE = "http://www.w3.org/2000/svg";

// How near the reader is: everything, fewer words in larger letters, or an overview.
export type Detail = "full" | "small" | "tiny";

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number>,
  parent?: Element,
  text?: string,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

// A number that fits its box: fewer digits rather than more letters.
export function fitted(x: number, letters: number): string {
  for (let digits = 5; digits > 2; digits--) {
    const text = number(x, digits);
    if (text.length <= letters) return text;
  }
  return short(x);
}
