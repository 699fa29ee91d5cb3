// Holds what was built against its budgets, in brotli-compressed KiB: what the first page loads at
// once, and what each page adds to it.
import { readFileSync, rmSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const ENTRY = 180;
const ROUTE = 60;
/** Chunks that may be larger, because they carry an editor or charts. */
const LARGE = 170;
const isLarge = (source) => /editor|composer|chart/.test(source);

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const sizes = new Map();

function size(file) {
  let known = sizes.get(file);
  if (known === undefined) {
    known = brotliCompressSync(readFileSync(new URL(file, dist))).length / 1024;
    sizes.set(file, known);
  }
  return known;
}

/** The files that a chunk needs before it runs. */
function closure(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const next of chunk.imports ?? []) closure(next, found);
  return found;
}

const total = (files) => [...files].reduce((sum, file) => sum + size(file), 0);
const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = closure(entryKey);
let failed = false;

function hold(name, kib, budget) {
  const over = kib > budget;
  failed ||= over;
  console.log(`${over ? "OVER " : "     "}${kib.toFixed(1).padStart(7)} of ${budget} KiB  ${name}`);
}

hold("entry", total(entry), ENTRY);
const routes = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
/** The frame around every page behind the sign-in: loaded beside the first of them. */
const FRAME = "src/shell/app-layout.tsx";
const framed = closure(FRAME, new Set(entry));
const isOutside = (key) => key === FRAME || /^src\/(signin|setup)\//.test(key);

/** What a page that loads others has already loaded when it does: the least of its own ways there. */
function loadedBefore(key, seen = new Set()) {
  const base = isOutside(key) ? entry : framed;
  if (seen.has(key)) return base;
  seen.add(key);
  const importers = Object.keys(manifest).filter((one) => manifest[one].dynamicImports?.includes(key));
  const ways = importers.map((one) => (entry.has(manifest[one].file) ? base : closure(one, new Set(base))));
  return ways.toSorted((one, other) => one.size - other.size)[0] ?? base;
}

for (const key of routes.toSorted()) {
  const before = loadedBefore(key);
  const added = [...closure(key)].filter((file) => !before.has(file));
  hold(key, total(added), isLarge(key) ? LARGE : ROUTE);
}
// Only this check reads it: it has no place among what is served.
rmSync(new URL(".vite/", dist), { recursive: true });
if (failed) {
  console.error("The build is over its budget.");
  process.exit(1);
}
