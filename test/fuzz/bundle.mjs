/** Bundles a file of the fuzz room from source, so that it runs as fast as the engine is, and imports it. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const nodeModules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** The exports of the file (relative to this folder); `close` removes what was built. */
export async function openBundle(file, plugins) {
  // Why there: what is bundled still imports its packages by name.
  const dir = await mkdtemp(path.join(nodeModules, '.fuzz-'));
  const close = () => rm(dir, { recursive: true, force: true });
  try {
    const bundle = await rolldown({
      input: fileURLToPath(new URL(file, import.meta.url)),
      platform: 'node',
      external: [/^[^./]/],
      experimental: { attachDebugInfo: 'none' },
      // Here it does not matter what is loaded on use.
      checks: { ineffectiveDynamicImport: false },
      plugins,
    });
    await bundle.write({ dir, format: 'esm', entryFileNames: 'main.mjs', chunkFileNames: 'chunk-[name].mjs' });
    await bundle.close();
    return { exports: await import(pathToFileURL(path.join(dir, 'main.mjs')).href), close };
  } catch (error) {
    await close();
    throw error;
  }
}

export async function withBundle(file, plugins, use) {
  const { exports, close } = await openBundle(file, plugins);
  try {
    return await use(exports);
  } finally {
    await close();
  }
}
