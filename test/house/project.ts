/** The project as files: where it is, what is in it, and how a generated text is compared with the one checked in. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const NOT_OURS = new Set(['node_modules', 'dist', '.git', 'package-lock.json', 'coverage']);

/** Every file of ours below a folder, as paths with `/` relative to the root. */
export function projectFiles(folder = ''): readonly string[] {
  const files: string[] = [];
  const pending = [folder];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const entry of readdirSync(path.join(ROOT, current), { withFileTypes: true })) {
      if (NOT_OURS.has(entry.name)) continue;
      const name = path.posix.join(current, entry.name);
      if (entry.isDirectory()) pending.push(name);
      else files.push(name);
    }
  }
  return files.sort();
}

export function readProject(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

export function isInProject(file: string): boolean {
  return existsSync(path.join(ROOT, file));
}

/** With UPDATE_GOLDEN=1 the file is rewritten; otherwise it must hold this text. */
export function expectGolden(file: string, text: string): void {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path.join(ROOT, file), text);
  expect(
    isInProject(file) ? readProject(file) : undefined,
    `${file} is stale: run UPDATE_GOLDEN=1 npm run test:only`,
  ).toBe(text);
}
