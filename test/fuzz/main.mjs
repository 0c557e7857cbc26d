/** Bundles the fuzz room from source, so that it runs as fast as the engine is, and starts it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const input = fileURLToPath(new URL('main.ts', import.meta.url));
const nodeModules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
// Why there: what is bundled still imports its packages by name.
const dir = await mkdtemp(path.join(nodeModules, '.fuzz-'));
try {
  const bundle = await rolldown({
    input,
    platform: 'node',
    external: [/^[^./]/],
    experimental: { attachDebugInfo: 'none' },
  });
  await bundle.write({ dir, format: 'esm', entryFileNames: 'main.mjs', chunkFileNames: 'chunk-[name].mjs' });
  await bundle.close();
  const { main } = await import(pathToFileURL(path.join(dir, 'main.mjs')).href);
  process.exitCode = await main(await scripts());
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function scripts() {
  const root = fileURLToPath(new URL('../lang/', import.meta.url));
  const names = await readdir(root, { recursive: true });
  const scriptNames = names.filter((name) => name.endsWith('.bl')).sort();
  return Promise.all(scriptNames.map((name) => readFile(path.join(root, name), 'utf8')));
}
