// Python for the cells of a page: Pyodide, the package, and cells.py, all from this folder.

import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = new URL(".", import.meta.url);

async function bytes(name) {
  const answer = await fetch(new URL(name, here));
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
}

const say = (text) => self.postMessage({ kind: "preparing", text });

async function prepare() {
  const [pyodide, archive, cells] = await Promise.all([
    loadPyodide({ indexURL: new URL("pyodide/", here).href }),
    bytes("micrograd.zip"),
    bytes("cells.py"),
  ]);
  say("loading micrograd …");
  pyodide.FS.mkdirTree("/site");
  pyodide.FS.writeFile("/site/cells.py", cells);
  pyodide.unpackArchive(archive, "zip", { extractDir: "/site" });
  pyodide.runPython("import sys; sys.path.insert(0, '/site')");
  const run = pyodide.runPython("import cells; cells.run");
  self.postMessage({ kind: "ready" });
  return run;
}

const ready = prepare();

self.onmessage = async ({ data: { source, cell } }) => {
  let run;
  try {
    run = await ready;
  } catch (error) {
    self.postMessage({ kind: "done", result: JSON.stringify({ error: String(error) }) });
    return;
  }
  const began = performance.now();
  const result = run(source, cell, (text) => self.postMessage({ kind: "printed", text }));
  self.postMessage({ kind: "done", result, milliseconds: performance.now() - began });
};
