// What comes next: a number, a value of the order, or a line; and why.
import type { Code } from "./code";
import { agrees, ofContribution } from "./diagnosis";
import { number, parseNumber, refusal } from "./format";
import type { Store } from "./store";

export interface Question {
  text: string;
  hint: string; // how to find it
  why: string; // how it is found, with the answer
  refused: (typed: string) => string; // what cannot be an answer, or ""
  isRight: (typed: string) => boolean;
  diagnosis: (typed: string) => string; // what a wrong answer says about its way, or ""
}

export function nextQuestion(store: Store): Question | null {
  if (store.isAtEnd()) return null;
  const { code, grain } = store;
  if (code && grain.value !== "step") return aboutLine(store, code, grain.value);
  const step = store.timeline.value.at(store.step.value + 1);
  if (step.phase === "forward") return aboutData(store, step.node);
  if (step.phase === "order") return aboutOrder(store, step.act, step.node);
  if (step.phase === "backward")
    return step.act === "seed" ? aboutSeed(store, step.node) : aboutAmount(store, step);
  return null;
}

const isNumber = (typed: string) => (parseNumber(typed) === null ? refusal(typed) : "");

function aboutNumber(
  truth: number,
  question: Pick<Question, "text" | "hint" | "why">,
  diagnosis: (x: number) => string | null = () => null,
): Question {
  return {
    ...question,
    refused: isNumber,
    isRight: (typed) => agrees(parseNumber(typed) ?? Number.NaN, truth),
    diagnosis: (typed) => diagnosis(parseNumber(typed) ?? Number.NaN) ?? "",
  };
}

function aboutData({ graph, data: { value: data } }: Store, node: number): Question {
  const [name, formula] = [graph.name(node), graph.expression(node)];
  const inNumbers = graph.expression(node, (p) => number(data[p]));
  return aboutNumber(data[node], {
    text: `What is ${name} = ${formula}?`,
    hint: `Put the numbers in: ${inNumbers}.`,
    why: `${name} = ${formula} = ${inNumbers} = ${number(data[node])}.`,
  });
}

function aboutSeed({ graph }: Store, node: number): Question {
  const name = graph.name(node);
  return aboutNumber(1, {
    text: `With what does ${name}.grad begin?`,
    hint: `How fast does ${name} change with itself?`,
    why: `A value changes as fast as itself: ∂${name}/∂${name} = 1.0.`,
  });
}

function aboutAmount(store: Store, use: { node: number; slot: number; parent: number }): Question {
  const { graph } = store;
  const { node, slot, parent } = use;
  const partial = store.partials.value.of(node)[slot];
  const upstream = store.timeline.value.upstream(store.step.value, node, store.partials.value);
  const amount = partial * upstream;
  const [of, to] = [graph.name(node), graph.name(parent)];
  return aboutNumber(
    amount,
    {
      text: `What does ${of} add to ${to}.grad?`,
      hint: `Local derivative ∂${of}/∂${to}, times ${of}.grad.`,
      why: `∂${of}/∂${to} · ${of}.grad = ${number(partial)} · ${number(upstream)} = ${number(amount)}.`,
    },
    (x) =>
      ofContribution(
        x,
        { node, slot, partial, upstream, amount, assigns: false },
        graph,
        store.data.value,
      ),
  );
}

function aboutOrder(store: Store, act: "visit" | "again" | "append", node: number): Question {
  const { graph } = store;
  const name = graph.name(node);
  const plain = (text: string) => text.replace(/\s/g, "").toLowerCase();
  const names = graph.parents.map((_, i) => plain(graph.name(i)));
  const users = [...new Set(graph.children[node])].map((n) => graph.name(n)).join(" and ");
  const why = {
    visit: graph.children[node].length
      ? `${name}: ${users} needs it, and parents come before the value itself.`
      : `${name}: the list begins with a visit to the last value.`,
    again: `${name}: it was visited before, but its turn comes for every use of it.`,
    append: `${name}: all that it was computed from is in the list, and now it follows.`,
  }[act];
  return {
    text:
      act === "append"
        ? "Which value is appended to the list next?"
        : "Which value is visited next?",
    hint:
      act === "append"
        ? "The one whose parents are all in the list already."
        : "Down the first parent, as far as it goes; then the next parent.",
    why,
    refused: (typed) =>
      names.includes(plain(typed)) ? "" : `“${typed.trim()}” is the name of no value here`,
    isRight: (typed) => plain(typed) === plain(name),
    diagnosis: (typed) => inOrder(store, names.indexOf(plain(typed)), act),
  };
}

function inOrder({ graph, ordering }: Store, node: number, act: string): string {
  const places = ordering.value?.places;
  if (!places) return "";
  if (places.has(node)) return `${graph.name(node)} is in the list already.`;
  const missing = graph.parents[node].find((p) => !places.has(p));
  return act === "append" && missing !== undefined
    ? `${graph.name(node)} has to wait: ${graph.name(missing)} is not in the list yet.`
    : "";
}

function aboutLine(store: Store, code: Code, grain: "line" | "all"): Question {
  const now = store.moment.value;
  const next = code.beside(now, 1, grain);
  const [before, after] = [code.stack(now), code.stack(next)];
  const [here, there] = [before[before.length - 1], after[after.length - 1]];
  const line = there.line;
  const reads = `line ${line}, ${code.line(there.fn.file, line).trim()}`;
  let [hint, why] = ["Read on.", `After this line comes ${reads}.`];
  if (!here) why = `It begins with ${reads}.`;
  else if (after.length > before.length) {
    hint = `This line calls ${there.fn.name}.`;
    why = `The line calls ${there.fn.name}, and that begins: ${reads}.`;
  } else if (here.frame !== there.frame) {
    hint = `${here.fn.name} is over: who called it?`;
    why = `${here.fn.name} is over, back to where it was called: ${reads}.`;
  } else if (line <= here.line) {
    hint = "A loop goes back to its head.";
    why = `Round the loop, back to ${reads}.`;
  }
  return {
    text: "Which line is next? Its number:",
    hint,
    why,
    refused: isNumber,
    isRight: (typed) => parseNumber(typed) === line,
    diagnosis: () => "",
  };
}
