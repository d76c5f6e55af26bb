// What a wrong number says about the way to it.
import { number, same } from "./format";
import type { Graph } from "./graph";
import type { Contribution } from "./timeline";

// The same number, or as near as somebody types who rounds.
export const agrees = (typed: number, truth: number) =>
  same(typed, truth) || Math.abs(typed - truth) <= 0.005 * Math.abs(truth);

// Of one contribution: local derivative times the gradient from above.
export function ofContribution(
  typed: number,
  { node, slot, partial, upstream, amount }: Omit<Contribution, "run" | "lost">,
  graph: Graph,
  data: Float64Array,
): string | null {
  const parent = graph.parents[node][slot];
  const [above, name] = [`${graph.name(node)}.grad`, graph.name(parent)];
  if (agrees(typed, -amount)) return "The sign is the other way round.";
  if (agrees(typed, partial))
    return `You forgot the gradient from above: times ${above}, which is ${number(upstream)}.`;
  if (agrees(typed, upstream))
    return `That is the gradient from above: times the local derivative ∂${graph.name(node)}/∂${name}.`;
  if (graph.isProduct(node) && agrees(typed, data[parent] * upstream))
    return "In a product the local derivative is the other factor, not the value itself.";
  if (agrees(typed, partial + upstream)) return "The two are multiplied, not added.";
  if (agrees(typed, data[parent])) return `That is the data of ${name}, not its gradient.`;
  return null;
}

// Of a whole gradient: the sum of what comes along every path.
export function ofGradient(
  typed: number,
  target: number,
  rows: Contribution[],
  graph: Graph,
  data: Float64Array,
): string | null {
  const total = rows.reduce((sum, row) => sum + row.amount, 0);
  if (rows.length === 1) return ofContribution(typed, rows[0], graph, data);
  if (agrees(typed, -total)) return "The sign is the other way round.";
  const through = (row: Contribution) => graph.name(row.node);
  for (let chosen = 1; chosen < 2 ** Math.min(rows.length, 8) - 1; chosen++) {
    const taken = rows.filter((_, i) => chosen & (1 << i));
    const sum = taken.reduce((s, row) => s + row.amount, 0);
    if (!agrees(typed, sum)) continue;
    const left = rows.filter((row) => !taken.includes(row)).map(through);
    return `You took ${counted(taken.length)} of ${counted(rows.length)}: add what comes through ${[...new Set(left)].join(" and ")}.`;
  }
  const all = (of: (row: Contribution) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  if (
    agrees(
      typed,
      rows.reduce((p, row) => p * row.amount, 1),
    )
  )
    return "What comes along several paths is added, not multiplied.";
  if (
    agrees(
      typed,
      all((row) => row.partial),
    )
  )
    return `You forgot the gradient from above: ${rows.map((row) => `${through(row)}.grad is ${number(row.upstream)}`).join(", ")}.`;
  if (
    agrees(
      typed,
      all((row) => row.upstream),
    )
  )
    return "These are the gradients from above: each times its local derivative.";
  const swapped = (row: Contribution) =>
    graph.isProduct(row.node) ? data[target] * row.upstream : row.amount;
  if (agrees(typed, all(swapped)))
    return "In a product the local derivative is the other factor, not the value itself.";
  for (const row of rows) {
    const one = ofContribution(typed - (total - row.amount), row, graph, data);
    if (one) return `On the path through ${through(row)}: ${one}`;
  }
  if (agrees(typed, data[target])) return `That is the data of ${graph.name(target)}.`;
  return null;
}

const WORDS = ["no path", "one path", "two", "three", "four", "five", "six", "seven", "eight"];
const counted = (n: number) => WORDS[n] ?? String(n);
