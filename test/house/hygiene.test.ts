/** What must not be in the project: paths of a machine, silenced checks, tests that do not run. */
import { expect, test } from 'vitest';
import { projectFiles, readProject } from './project.ts';

/** Put together here so that this file does not match itself. */
const MACHINE_PATHS = new RegExp(`(^|[^\\w.])/(${['work', 'root', 'home', 'farm', 'Users'].join('|')})/\\w`);
const SILENCED = /@ts-(?:ignore|expect-error|nocheck)|biome-ignore(?!-?\w* lint\/[\w/]+: \w)/;
const NOT_RUN = /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b|\bx(?:it|describe)\(/;

const files = projectFiles();

test('no path of a machine', () => {
  expect(linesThat(files, MACHINE_PATHS)).toEqual([]);
});

test('no check is silenced in the sources without a reason', () => {
  expect(linesThat(typeScript('src'), SILENCED)).toEqual([]);
});

test('no test is skipped or singled out', () => {
  expect(linesThat(typeScript('test'), NOT_RUN).filter((at) => !at.startsWith('test/house/hygiene.test.ts'))).toEqual(
    [],
  );
});

test('no postponed work without an issue', () => {
  const postponed = linesThat(typeScript('src'), /\b(?:TODO|FIXME|XXX:)\b/);
  expect(postponed.filter((at) => !/#\d+/.test(at))).toEqual([]);
});

function typeScript(folder: string): readonly string[] {
  return files.filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.ts'));
}

function linesThat(among: readonly string[], pattern: RegExp): readonly string[] {
  return among.flatMap((file) =>
    readProject(file)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
}
