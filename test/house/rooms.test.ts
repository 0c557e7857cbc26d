/** The walls between the rooms of `src/` stand (invariants A1 to A6 of ARCHITECTURE.md, I2 of the design). */
import { describe, expect, test } from 'vitest';
import { projectFiles, readProject } from './project.ts';
import { ROOMS, valueImports, wallProblems } from './walls.ts';

const files = projectFiles('src')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: file.slice('src/'.length), text: readProject(file) }));

describe('walls', () => {
  test('the table of rooms has no cycle', () => {
    expect(findCycle(Object.keys(ROOMS), (room) => ROOMS[room] ?? [])).toBeUndefined();
  });

  test('every file keeps to the table', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap(({ file, text }) => wallProblems(file, text).map((p) => `${file}: ${p}`))).toEqual([]);
  });

  test('files do not import each other in a circle', () => {
    const graph = new Map(files.map(({ file, text }) => [file, valueImports(file, text)]));
    expect(findCycle([...graph.keys()], (file) => graph.get(file) ?? [])).toBeUndefined();
  });
});

describe('the net catches', () => {
  test.each([
    ['vm/a.ts', "import { x } from '../jit/b.ts';", 'room "vm" may not import "jit"'],
    ['vm/a.ts', "import type { X } from '../front/b.ts';", 'room "vm" may not import "front"'],
    ['vm/a.ts', "import '../std/b.ts';", 'room "vm" may not import "std"'],
    ['value/a.ts', "export * from '../link/b.ts';", 'room "value" may not import "link"'],
    ['value/a.ts', "export type T = import('../link/b.ts').T;", 'room "value" may not import "link"'],
    ['cli/a.ts', "const x = await import('../vm/b.ts');", 'room "cli" may not import "vm"'],
    ['cli/a.ts', 'const x = await import(name);', 'imports a computed name'],
    ['cli/a.ts', "import y = require('../vm/b.ts');", 'room "cli" may not import "vm"'],
    ['cli/a.ts', "import { createRequire } from 'node:module';", 'imports node:module'],
    ['cli/a.ts', "import { createHost } from '../index.ts';", 'imports the root file index.ts'],
    ['std/a.ts', "import fs from 'node:fs';", 'node:fs is not for room "std"'],
    ['std/a.ts', "import { parse } from 'acorn';", 'package "acorn" is not for room "std"'],
    ['vm/a.ts', "new Function('return 1');", 'mentions Function'],
    ['vm/a.ts', 'const F = Function;', 'mentions Function'],
    ['vm/a.ts', "globalThis.eval('1');", 'mentions eval'],
    ['vm/a.ts', "globalThis['eval']('1');", 'reaches ["eval"]'],
    ['vm/a.ts', "(() => 1).constructor('return 1')();", 'reaches .constructor'],
    ['vm/a.ts', 'const { constructor: F } = () => 1;', 'takes out a constructor'],
    ['std/a.ts', 'const r = new RegExp(text);', 'mentions RegExp'],
    ['kitchen/a.ts', '', 'there is no room "kitchen"'],
  ])('%s: %s', (file, text, problem) => {
    expect(wallProblems(file, text)).toEqual([problem]);
  });

  test('but not types, keys and neighbours', () => {
    const text =
      "import { a } from './b.ts'; import { c } from '../base/c.ts'; export type F = Function; export const t = { eval: 1 };";
    expect(wallProblems('value/a.ts', text)).toEqual([]);
  });
});

function findCycle(nodes: readonly string[], next: (node: string) => readonly string[]): readonly string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (node: string): readonly string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return undefined;
    done.add(node);
    trail.push(node);
    for (const target of next(node)) {
      const cycle = visit(target);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    return undefined;
  };
  for (const node of nodes) {
    const cycle = visit(node);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
