// The lines between boxes, and the pill with an op in which they end.
import type { Box, Piece } from "./scene";
import { shortened } from "./format";

export const OP_ROOM = 62; // to the left of a value's box, for its op

// The pill that holds an op's sign: what it says, how wide it is, and where it begins in its box.
export const opText = (sign: string) => shortened(sign, 9);

export const opWidth = (sign: string) =>
  Math.max(36, Math.min(54, [...opText(sign)].length * 7.2 + 14));
export const opLeft = (sign: string) => OP_ROOM - 8 - opWidth(sign);

export function drawn(
  from: Box,
  to: Box,
  route: [number, number][],
  bow: number,
  port: number,
  entry: number,
) {
  const start: [number, number] = [from.x + from.w / 2, from.y + bow / 5];
  const end: [number, number] = [to.x - to.w / 2 + entry, to.y + (bow ? bow / 3 : port)];
  const points = [start, ...route, end];
  const pieces: Piece[] = [];
  let label: [number, number] | null = null;
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    const reach = Math.max(12, Math.abs(x1 - x0) * 0.5);
    const straight = Math.abs(y1 - y0) < 1 && !bow;
    const bend = `C${r(x0 + reach)} ${r(y0 + bow)} ${r(x1 - reach)} ${r(y1 + bow)} `;
    const path = `M${r(x0)} ${r(y0)}${straight ? "L" : bend}${r(x1)} ${r(y1)}`;
    const [low, high] = [Math.min(y0, y1) - Math.abs(bow), Math.max(y0, y1) + Math.abs(bow)];
    pieces.push({ path, bounds: [Math.min(x0, x1) - reach, low, Math.max(x0, x1) + reach, high] });
    if (x1 - x0 > 30) label = onCurve(x0, y0, x1, y1, reach, bow);
  }
  return { pieces, points, label };
}

const r = (x: number) => Math.round(x * 10) / 10;

// A little nearer to where the edge comes from, where edges into one op are further apart.
function onCurve(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  reach: number,
  bow: number,
): [number, number] {
  const t = Math.abs(y1 - y0) < 30 ? 0.5 : 0.42;
  const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return [
    r(a * x0 + b * (x0 + reach) + c * (x1 - reach) + d * x1),
    r(a * y0 + b * (y0 + bow) + c * (y1 + bow) + d * y1),
  ];
}
