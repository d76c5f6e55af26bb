// Builds the page's one file, and the lessons': everything in it, styles included, so that it needs no
// network. Given a folder, builds there.
import { build } from "esbuild";

const folder = process.argv[2];
for (const [source, target] of [
  ["src/main.tsx", "explorer/page.js"],
  ["src/lesson.ts", "lessons/lesson.js"],
])
  await build({
    entryPoints: [source],
    outfile: `${folder ?? "../src/micrograd"}/${target}`,
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
