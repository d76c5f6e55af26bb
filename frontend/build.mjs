// Builds the page's one file: everything in it, styles included, so that it needs no network.
import { build } from "esbuild";

const outfile = process.argv[2] ?? "../src/micrograd/explorer/page.js";
await build({
  entryPoints: ["src/main.tsx"],
  outfile,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
  legalComments: "none",
});
