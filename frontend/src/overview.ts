// A large graph from afar: boxes and lines on a canvas, because a document of thousands of elements
// cannot be repainted within a frame. Nothing is to be read at this distance but colours.
import type { Box, Scene } from "./scene";
import type { Store } from "./store";

export class Overview {
  private readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("2d") as CanvasRenderingContext2D;

  constructor(
    host: HTMLElement,
    private readonly store: Store,
  ) {
    this.canvas.className = "mg-overview";
    this.canvas.setAttribute("aria-hidden", "true");
    host.prepend(this.canvas);
  }

  clear(): void {
    this.canvas.width = 0;
  }

  remove(): void {
    this.canvas.remove();
  }

  draw(scene: Scene, width: number, height: number, x: number, y: number, scale: number): void {
    const { canvas, context, store } = this;
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== width * dense || canvas.height !== height * dense) {
      canvas.width = width * dense;
      canvas.height = height * dense;
    }
    const style = getComputedStyle(canvas);
    const colour = (name: string) => style.getPropertyValue(`--${name}`);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineWidth = 0.7;
    context.strokeStyle = colour("edge");
    for (const edge of scene.edges) {
      context.beginPath();
      for (let i = 1; i < edge.points.length; i++) {
        const [x0, y0] = [edge.points[i - 1][0] * scale + x, edge.points[i - 1][1] * scale + y];
        const [x1, y1] = [edge.points[i][0] * scale + x, edge.points[i][1] * scale + y];
        if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > width) continue;
        if (Math.max(y0, y1) < 0 || Math.min(y0, y1) > height) continue;
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
      }
      context.stroke();
    }
    const fills = {
      plain: colour("card"),
      group: colour("soft"),
      data: colour("data-soft"),
      grad: colour("grad-soft"),
      wrong: colour("wrong"),
      lit: colour("grad-strong"),
      selected: colour("ink"),
    };
    const step = store.current.value;
    const lit =
      step.phase === "start"
        ? -1
        : step.phase === "backward" && step.act === "add"
          ? step.parent
          : step.node;
    const { reached } = store.gradients.value;
    const litKey = lit < 0 ? "" : store.tree.shown(lit, store.open.value);
    const fill = (box: Box) => {
      if (box.key === store.selected.value) return fills.selected;
      if (box.key === litKey) return fills.lit;
      const node = box.node >= 0 ? box.node : (box.group?.output ?? -1);
      if (node < 0) return fills.group;
      if (store.wrong.value.has(node)) return fills.wrong;
      if (reached[node]) return fills.grad;
      return store.known.value[node] ? fills.data : fills.plain;
    };
    for (const box of scene.boxes.values()) {
      const [w, h] = [box.w * scale, box.h * scale];
      const [left, top] = [box.x * scale + x - w / 2, box.y * scale + y - h / 2];
      if (left + w < 0 || left > width || top + h < 0 || top > height) continue;
      if (!box.open) {
        context.fillStyle = fill(box);
        context.fillRect(left, top, Math.max(w, 2), Math.max(h, 2));
      }
      if (w > 5) context.strokeRect(left, top, w, h);
    }
  }
}
