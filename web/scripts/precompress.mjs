// Puts `….br` beside every file that brotli makes smaller, so that the server has nothing to compress.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
  // The server writes the theme into the page, so it goes out as it is.
  if (!entry.isFile() || entry.name === "index.html") continue;
  if (entry.name.endsWith(".br")) {
    rmSync(path);
    continue;
  }
  const plain = readFileSync(path);
  const packed = brotliCompressSync(plain, options);
  if (packed.length < plain.length * 0.95) writeFileSync(`${path}.br`, packed);
}
