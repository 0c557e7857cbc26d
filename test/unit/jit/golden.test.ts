/** The JavaScript that programs become, as it is listed for people: of the workloads of the bench and of small programs. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { listJavaScript } from '../../../src/engine/compiling.ts';
import { expectGolden, ROOT, readProject } from '../../house/project.ts';

const GOLDENS = 'test/golden/compiled';

const programs = ['bench', GOLDENS].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder))
    .filter((file) => file.endsWith('.bl'))
    .map((file) => `${folder}/${file}`),
);

it.each(programs)('%s', async (file) => {
  const name = path.basename(file, '.bl');
  const listing = await listJavaScript(readProject(file), path.basename(file), () => {
    throw new Error('nothing is imported');
  });
  expectGolden(`${GOLDENS}/${name}.txt`, `${listing}\n`);
});

it('all that can be compiled is', () => {
  const texts = programs.map((file) => readProject(`${GOLDENS}/${path.basename(file, '.bl')}.txt`));
  expect(texts.filter((text) => text.includes('stays with the interpreter'))).toEqual([]);
  expect(programs.length).toBeGreaterThanOrEqual(17);
});
