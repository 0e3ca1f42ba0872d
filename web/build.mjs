// Builds lumina/ui/bundles/: the page's script, the canvas as one script and one style sheet, the licences of what is
// inside, and the digest of the sources, by which a test tells whether the bundles are current.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../lumina/ui/bundles");
const shared = { absWorkingDir: here, bundle: true, minify: true, metafile: true, legalComments: "none", logLevel: "warning" };

const scripts = await build({
  ...shared,
  entryPoints: { canvas: "src/canvas/main.tsx", page: "src/page.ts" },
  outdir: out,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
});
await build({ ...shared, entryPoints: ["src/canvas/style/canvas.css"], outfile: join(out, "canvas.css") });

const packages = new Set();
for (const output of Object.values(scripts.metafile.outputs)) {
  for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found && bytesInOutput) packages.add(found[1]);
  }
}
const licences = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version}\n${"=".repeat(name.length + version.length + 1)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(out, "LICENSES.txt"), `The canvas contains these libraries.\n\n${licences.join("\n\n")}`);

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : [path];
  });
}
const digest = createHash("sha256");
for (const path of [...sources(join(here, "src")), join(here, "package-lock.json")].sort()) {
  digest.update(relative(here, path)).update("\0").update(readFileSync(path)).update("\0");
}
writeFileSync(join(out, "sources.sha256"), digest.digest("hex") + "\n");
