// Starts the page, or the notebook widget: the same file serves both.
import { effect } from "@preact/signals";
import { render } from "preact";
import { remember, restore } from "./address";
import { App } from "./app";
import { library } from "./library";
import { createStore, type Store } from "./store";
import style from "./style.css";
import type { Library, PageData, Rules } from "./types";

type MakeRules = (library: Library) => Rules;

declare global {
  interface Window {
    micrograd?: Partial<{
      rules: MakeRules;
      library: Library;
      store: Store;
      renderWidget: typeof renderWidget;
    }>;
  }
}

function mount(element: HTMLElement, page: PageData, rules: MakeRules): Store {
  const sheet = document.createElement("style");
  sheet.textContent = style;
  const place = document.createElement("div");
  place.className = "mg-place";
  element.append(sheet, place);
  const store = createStore(page, rules(library));
  render(<App store={store} />, place);
  return store;
}

function start(): void {
  const written = document.getElementById("micrograd-data");
  const element = document.getElementById("micrograd-explorer");
  if (!written || !element || !window.micrograd?.rules) return;
  const page = JSON.parse(written.textContent ?? "") as PageData;
  element.replaceChildren();
  const store = mount(element, page, window.micrograd.rules);
  restore(store, location.hash);
  remember(store);
  window.addEventListener("hashchange", () => restore(store, location.hash));
  Object.assign(window.micrograd, { library, store });
}

// The notebook widget (anywidget): the same page, whose leaves are those of Python.
interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, act: () => void): void;
  off(event: string, act: () => void): void;
}

function renderWidget(model: Model, element: HTMLElement, rules: MakeRules): () => void {
  element.classList.add("mg-widget");
  const store = mount(element, JSON.parse(model.get("page") as string) as PageData, rules);
  let fromPython = false;
  const receive = () => {
    const leaves = Object.entries(model.get("leaves") as Record<string, number | string>);
    fromPython = true;
    store.setLeaves(leaves.map(([node, x]) => [Number(node), Number(x)]));
    fromPython = false;
  };
  receive();
  model.on("change:leaves", receive);
  const stop = effect(() => {
    const data = store.data.value;
    if (fromPython) return;
    const held = model.get("leaves") as Record<string, number | string>;
    const now = Object.fromEntries(
      Object.keys(held).map((node) => {
        const x = data[Number(node)];
        return [node, Number.isFinite(x) ? x : String(x)];
      }),
    );
    if (Object.keys(now).every((node) => Object.is(Number(now[node]), Number(held[node])))) return;
    model.set("leaves", now);
    model.save_changes();
  });
  return () => {
    stop();
    model.off("change:leaves", receive);
    render(null, element.querySelector(".mg-place") as Element);
  };
}

window.micrograd = { ...window.micrograd, renderWidget };
start();
