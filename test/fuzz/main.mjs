/** Bundles the fuzz room from source, so that it runs as fast as the engine is, and starts it. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { paranoidLoop } from '../support/paranoid-loop.mjs';
import { withBundle } from './bundle.mjs';

const texts = await scripts();
const programs = await withBundle('main.ts', [], ({ main }) => main(texts));
const hostile = await withBundle('hostile-main.ts', [paranoidLoop()], ({ main }) => main(texts));
process.exitCode = Math.max(programs, hostile);

async function scripts() {
  const root = fileURLToPath(new URL('../lang/', import.meta.url));
  const names = await readdir(root, { recursive: true });
  const scriptNames = names.filter((name) => name.endsWith('.bl')).sort();
  return Promise.all(scriptNames.map((name) => readFile(path.join(root, name), 'utf8')));
}
