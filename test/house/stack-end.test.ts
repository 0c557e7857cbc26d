/**
 * Calls near the end of the JavaScript stack, where any call may fail, also one that cleans up after another. In processes of
 * their own: what was compiled before needs less of the stack.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { ROOT } from './project.ts';

const SCRIPT = `
const { createHost } = await import(process.argv[1]);
const module = await createHost({ jit: 'eager' }).load(\`TRANSFORM T {
  IF input.two == true THEN { OUTPUT { a: input.n }; OUTPUT { b: input.n }; }
  IF input.two == false THEN { OUTPUT { c: input.n }; }
  OUTPUT { n: input.n };
}\`);
const call = module.get('T');
for (let n = 0; n < 3; n++) call({ n });
for (const two of [true, false]) module.run('T', { two, n: 0 }, { limits: {} });
let deepest = 0;
const measure = (depth) => { deepest = depth; measure(depth + 1); };
const down = (levels) => { if (levels > 0) down(levels - 1); else call({ two: true, n: 'a secret' }); };
for (let i = 0; i < 2; i++) try { measure(0); } catch {}
let failed = false;
try { down(deepest - Number(process.argv[2])); } catch (error) { failed = error instanceof RangeError; }
console.log(JSON.stringify([failed, call({ two: false, n: 'mine' })]));
`;

it.each([16, 60, 120])('a call with %i frames left keeps nothing for the next one', (left) => {
  const entry = pathToFileURL(path.join(ROOT, 'dist/index.js')).href;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT, entry, String(left)], {
    encoding: 'utf8',
  });
  expect(JSON.parse(said)).toEqual([true, [{ c: 'mine' }, { n: 'mine' }]]);
});
