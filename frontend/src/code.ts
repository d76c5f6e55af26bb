// A recorded run: which line belongs to which step, the calls around it, and what names hold.
import type { Act, CodeData, FunctionData, Thing } from "./types";

export type Grain = "step" | "line" | "all";

export interface Call {
  frame: number;
  fn: FunctionData;
  line: number;
}

// What the lines say about the steps of the page, as far as they say it.
export interface Told {
  root: number; // where their backward began; -1 if it did not run
  made: number[];
  order: [act: "visit" | "again" | "append", node: number][];
  added: [node: number, slot: number][];
  assigned: Set<string>; // of these, as "node slot": those whose line says =, not +=
  way: CodeData["way"];
}

export const keyOf = ([verb, ...rest]: Act) => [verb === "set" ? "add" : verb, ...rest].join(" ");

export class Code {
  readonly told: Told;
  private readonly byFrame: number[][] = []; // the moments of each call
  private readonly shown: Record<"line" | "all", number[]>;

  constructor(readonly data: CodeData) {
    const { way } = data;
    this.told = { root: -1, made: [], order: [], added: [], assigned: new Set(), way };
    data.frames.forEach(() => this.byFrame.push([]));
    data.moments.forEach(([frame, , , , acts], m) => {
      this.byFrame[frame].push(m);
      for (const act of acts) {
        if (act[0] === "made") this.told.made.push(act[1]);
        else if (act[0] === "seed") this.told.root = act[1];
        else if (act[0] === "add" || act[0] === "set") {
          this.told.added.push([act[1], act[2]]);
          if (act[0] === "set") this.told.assigned.add(`${act[1]} ${act[2]}`);
        } else this.told.order.push([act[0], act[1]]);
      }
    });
    const all = data.moments.map((_, m) => m);
    this.shown = {
      all: this.withoutEcho(all),
      line: this.withoutEcho(all.filter((m) => !this.fn(m).kind)),
    };
  }

  fn(m: number): FunctionData {
    return this.data.functions[this.data.frames[this.data.moments[m][0]][0]];
  }

  // A line that calls is shown before what it calls, unless nothing of that is shown.
  private withoutEcho(moments: number[]): number[] {
    return moments.filter((m, i) => {
      const [frame, line, calls] = this.data.moments[m];
      const next = this.data.moments[moments[i + 1]];
      return !calls || !next || next[0] !== frame || next[1] !== line;
    });
  }

  // The next moment at this grain, or the one before; -1 before the first.
  beside(m: number, by: 1 | -1, grain: "line" | "all"): number {
    const shown = this.shown[grain];
    if (by > 0) return shown.find((k) => k > m) ?? m;
    return shown.findLast((k) => k < m) ?? -1;
  }

  isLast(m: number, grain: "line" | "all"): boolean {
    return m >= this.shown[grain][this.shown[grain].length - 1];
  }

  // The calls around a moment, from the outside in.
  stack(m: number): Call[] {
    const calls: Call[] = [];
    for (
      let frame = this.data.moments[m]?.[0] ?? -1;
      frame >= 0;
      frame = this.data.frames[frame][1]
    ) {
      const last = this.byFrame[frame].findLast((k) => k <= m) ?? m;
      const fn = this.data.functions[this.data.frames[frame][0]];
      calls.unshift({ frame, fn, line: this.data.moments[last][1] });
    }
    return calls;
  }

  // What the names of a call hold after a moment: arguments first, what was captured last.
  names(frame: number, m: number): Map<string, Thing> {
    const held = new Map<string, Thing>();
    for (const k of this.byFrame[frame]) {
      if (k > m) break;
      const changed = this.data.moments[k][3];
      for (let i = 0; i < changed.length; i += 2)
        held.set(this.data.names[changed[i]], this.data.things[changed[i + 1]]);
    }
    const fn = this.data.functions[this.data.frames[frame][0]];
    if (fn.captured.includes(fn.name)) held.delete(fn.name); // a recursion captures itself
    const rank = (name: string) =>
      fn.captured.includes(name)
        ? name === "self"
          ? 2
          : 3
        : name === "return"
          ? 4
          : fn.arguments.includes(name)
            ? 0
            : 1;
    return new Map([...held].sort(([a], [b]) => rank(a) - rank(b)));
  }

  changed(m: number): Set<string> {
    const [, , , changed] = this.data.moments[m];
    return new Set(changed.filter((_, i) => i % 2 === 0).map((name) => this.data.names[name]));
  }

  line(file: number, line: number): string {
    return this.data.files[file].text.split("\n")[line - 1] ?? "";
  }
}

// The lines beside the steps of one timeline.
export class Alignment {
  private readonly steps: Int32Array; // of each moment: the last step that is done
  private readonly moments = new Map<number, number>(); // of a step: the line that does it

  constructor(code: Code, keys: Map<string, number[]>) {
    const { moments } = code.data;
    this.steps = new Int32Array(moments.length);
    const times = new Map<string, number>(); // that the lines did the same
    for (const [, , , , acts] of moments)
      for (const act of acts) times.set(keyOf(act), (times.get(keyOf(act)) ?? 0) + 1);
    const done = new Map<string, number>();
    let step = 0;
    moments.forEach(([, , , , acts], m) => {
      for (const act of acts) {
        const key = keyOf(act);
        const before = done.get(key) ?? 0;
        done.set(key, before + 1);
        let all = keys.get(key) ?? [];
        if (all.length === times.get(key)) all = [all[before]];
        for (const s of all) if (!this.moments.has(s)) this.moments.set(s, m);
        if (all.length) step = all.find((s) => s > step) ?? all[0];
      }
      this.steps[m] = step;
    });
  }

  step(m: number): number {
    return m < 0 ? 0 : this.steps[m];
  }

  // The line that does a step, or the last one before it that does any; -1 before all.
  moment(step: number): number {
    for (let s = step; s > 0; s--) {
      const m = this.moments.get(s);
      if (m !== undefined) return m;
    }
    return -1;
  }
}
