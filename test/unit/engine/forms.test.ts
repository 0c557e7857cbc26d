// One program as text, JSON AST and binary: same identity, same authority, same refusals; and what is not what it claims.
import { describe, expect, it } from 'vitest';
import { encodeBinary } from '../../../src/bytecode/encode.ts';
import type { Module } from '../../../src/bytecode/module.ts';
import { newKeyPair, signModule } from '../../../src/bytecode/signature.ts';
import { buildModule } from '../../../src/engine/building.ts';
import {
  capability,
  createHost,
  LoadError,
  lockOf,
  type ModuleSource,
  permissionChanges,
  permissionsOf,
  RunError,
  UsageError,
} from '../../../src/index.ts';
import { type Form, inForm, moduleOf } from '../../support/forms.ts';
import { readLangScripts } from '../../support/lang-scripts.ts';
import { irOf } from '../ir/programs.ts';

const FORMS: readonly Form[] = ['source', 'json', 'binary', 'stripped'];
const CLOCK = 'IMPORT "host:clock" AS clock;\nTRANSFORM T { OUTPUT { at: clock.now(), v: 1 / input.n }; }';
const clock = capability('host:clock', { now: { params: [], effect: 'read', call: () => 'noon' } });

async function refusalOf(promise: Promise<unknown>): Promise<LoadError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LoadError);
  return error as LoadError;
}

async function identityOf(source: ModuleSource): Promise<string | undefined> {
  return (await createHost().inspect(source)).modules[0]?.identity;
}

function compiled(text: string): Module {
  const ir = irOf(text);
  if (ir === null) throw new Error(`does not compile: ${text}`);
  return moduleOf(ir);
}

describe('the identity of a module', () => {
  it('is one for all forms of every script', { timeout: 180_000 }, async () => {
    let count = 0;
    for (const { source } of readLangScripts()) {
      if (irOf(source) === null) continue;
      const [first, ...others] = await Promise.all(FORMS.map((form) => identityOf(inForm(form, source))));
      expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(others).toEqual([first, first, first]);
      count++;
    }
    expect(count).toBeGreaterThan(500);
  });

  it('ignores layout and comments, and nothing else', async () => {
    const plain = await identityOf('TRANSFORM T { OUTPUT { a: 1 }; }');
    expect(await identityOf('// moved\nTRANSFORM T\n{\n  OUTPUT {\n a : 1 };\n}')).toBe(plain);
    expect(await identityOf('TRANSFORM T { OUTPUT { a: 2 }; }')).not.toBe(plain);
    expect(await identityOf('TRANSFORM U { OUTPUT { a: 1 }; }')).not.toBe(plain);
  });
});

describe('every form', () => {
  it.each(FORMS)('%s reaches what was granted and nothing else', async (form) => {
    const source = inForm(form, CLOCK);
    expect((await refusalOf(createHost().load(source))).code).toBe('MR4001');
    const module = await createHost({ grants: { 'host:clock': clock } }).load(source);
    expect(module.run('T', { n: 2 })).toEqual({ at: 'noon', v: 0.5 });
  });

  it.each(FORMS)('%s tells the place of a fault as far as it knows it', async (form) => {
    const module = await createHost({ grants: { 'host:clock': clock } }).load(inForm(form, CLOCK), { id: 'plugin' });
    try {
      module.run('T', { n: 0 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RunError);
      const shown = String(error);
      expect(shown).toContain('error[MR6003]');
      const place = { source: 'plugin:2:46', json: 'program.bl:2:46', binary: 'program.bl:2:46', stripped: 'plugin' }[
        form
      ];
      expect(shown.split('\n')[1]?.trim()).toBe(`┌─ ${place}`);
    }
  });

  it('may be imported by any other', async () => {
    const text = 'EXPORT FUNC twice(x) = x * 2;';
    for (const form of FORMS) {
      const host = createHost({ resolve: () => ({ uri: 'lib', source: inForm(form, text) }) });
      const module = await host.load('IMPORT "./lib" AS lib; TRANSFORM T { OUTPUT { v: lib.twice(21) }; }');
      expect(module.run('T', {}), form).toEqual({ v: 42 });
    }
  });

  it('may replace any other', async () => {
    const host = createHost();
    const module = await host.load('TRANSFORM T { OUTPUT { v: 1 }; }', { id: 'm' });
    await host.replace('m', inForm('binary', 'TRANSFORM T { OUTPUT { v: 2 }; }'));
    expect(module.run('T', {})).toEqual({ v: 2 });
    await refusalOf(host.replace('m', Uint8Array.of(0, 1, 2)));
    expect(module.run('T', {})).toEqual({ v: 2 });
  });
});

describe('what is refused', () => {
  it('is what is no module', async () => {
    const host = createHost();
    for (const nothing of [5, null, undefined, true])
      await expect(host.load(nothing as unknown as string)).rejects.toBeInstanceOf(UsageError);
    expect((await refusalOf(host.load(new TextEncoder().encode('TRANSFORM T {}')))).code).toBe('MR3001');
    expect((await refusalOf(host.load({}))).code).toMatch(/^MR320/);
  });

  it('is code that no compiler makes, with the instructions around', async () => {
    const module = compiled('TRANSFORM T { OUTPUT { a: input.b }; }');
    const [unit] = module.units;
    if (unit === undefined) throw new Error('no unit');
    const code = unit.code.slice();
    code[0] = 0x12;
    const bytes = encodeBinary({
      module: { ...module, units: [{ ...unit, code: code.slice(0, 1), joins: [] }] },
      lines: null,
      signature: null,
    });
    const error = await refusalOf(createHost().load(bytes));
    expect(error.code).toBe('MR3003');
    expect(error.diagnostics[0]?.notes).toEqual(['reason: stack-underflow', '→    0: POP']);
  });

  it('is not built: a JSON AST that would be too long to load', async () => {
    const source = Array.from({ length: 140 }, (_, i) => `FUNC f${i}(a) = [${'-a,'.repeat(300)}];`).join('\n');
    const error = await refusalOf(buildModule(source, 'long.bl', { format: 'json', lines: 'kept' }));
    expect(error.code).toBe('MR3201');
    expect(error.message).toMatch(
      /^the JSON AST of "long.bl" has \d{1,2},\d{3},\d{3} characters, and loading takes 8,388,608 characters; build it as binary/,
    );
    const binary = await buildModule(source, 'long.bl', { format: 'binary', lines: 'kept' });
    expect((await createHost().load(binary.content)).exports).toEqual([]);
  });

  it('is a call of a function that the library does not have, or keeps to itself', async () => {
    const module = compiled('TRANSFORM T { OUTPUT { a: UPPER("b") }; }');
    for (const name of ['NOPE', 'std.groupBy', 'NOW', '__proto__']) {
      const bytes = encodeBinary({
        module: { ...module, calls: [{ name, import: null }] },
        lines: null,
        signature: null,
      });
      expect((await refusalOf(createHost().load(bytes))).code, name).toBe('MR4009');
    }
  });
});

describe('PIN', () => {
  const lib = 'EXPORT FUNC f(x) = x;';
  const importer = (pin: string) => `IMPORT "./lib" AS lib PIN "${pin}";\nTRANSFORM T { OUTPUT { v: lib.f(7) }; }`;

  it('takes the pinned module in any form, and no other', async () => {
    const pin = (await identityOf(lib)) as string;
    for (const form of FORMS) {
      const host = createHost({ resolve: () => inForm(form, lib) as string });
      expect((await host.load(importer(pin))).run('T', {})).toEqual({ v: 7 });
    }
    const error = await refusalOf(createHost({ resolve: () => 'EXPORT FUNC f(x) = x + 1;' }).load(importer(pin)));
    expect([error.code, error.position?.line]).toEqual(['MR4006', 1]);
    expect(error.diagnostics[0]?.notes[0]).toBe(`pinned: ${pin}`);
  });
});

describe('a lock', () => {
  const files: Record<string, string> = { lib: 'EXPORT FUNC f(x) = x;' };
  const host = createHost({
    resolve: () => ({ uri: 'lib', source: files.lib as string }),
    grants: { 'host:clock': clock },
  });
  const text = 'IMPORT "./lib" AS lib;\nTRANSFORM T { OUTPUT { v: lib.f(7) }; }';

  it('takes the locked graph, refuses another, and shows what wants more', async () => {
    const lock = lockOf(await host.inspect(text, { id: 'main' }));
    expect((await host.load(text, { id: 'main', lock })).run('T', {})).toEqual({ v: 7 });
    host.unload('main');
    files.lib = 'EXPORT FUNC f(x) = x + 1;';
    expect((await refusalOf(host.load(text, { id: 'main', lock }))).code).toBe('MR4006');
    files.lib = 'IMPORT "host:clock" AS clock; EXPORT FUNC f(x) = clock.now();';
    const error = await refusalOf(host.load(text, { id: 'main', lock }));
    expect([error.code, error.message]).toEqual([
      'MR4008',
      'the module "lib" wants more than its lock allows: + host:clock now',
    ]);
    await expect(host.load(text, { lock: {} as never })).rejects.toBeInstanceOf(UsageError);
  });

  it('has a report of permissions and their changes beside it', async () => {
    files.lib = 'EXPORT FUNC f(x) = x;';
    const before = await host.inspect(text, { id: 'main' });
    files.lib = 'IMPORT "host:clock" AS clock; EXPORT FUNC f(x) = clock.now();';
    const after = await host.inspect(text, { id: 'main' });
    expect(permissionsOf(before)).toEqual([]);
    const wanted = { module: 'lib', capability: 'host:clock', member: 'now' };
    expect(permissionChanges(before, after)).toMatchObject({ added: [wanted], removed: [], modulesChanged: ['lib'] });
  });
});

describe('a host that trusts keys', () => {
  it('takes what one of them has signed, and nothing else', async () => {
    const [ours, other] = await Promise.all([newKeyPair(), newKeyPair()]);
    const module = compiled('TRANSFORM T { OUTPUT { v: 1 }; }');
    const terms = { name: 'plugin', version: '1', validFrom: 0, validTo: Date.now() + 60_000 };
    const signed = async (key: Uint8Array, validTo: number): Promise<Uint8Array> => {
      const signature = await signModule(module, { ...terms, validTo }, key);
      return encodeBinary({ module, lines: null, signature });
    };
    const host = createHost({ signedBy: [ours.publicKey] });
    expect((await host.load(await signed(ours.privateKey, terms.validTo))).run('T', {})).toEqual({ v: 1 });
    const refused = [
      await signed(other.privateKey, terms.validTo),
      await signed(ours.privateKey, 1),
      encodeBinary({ module, lines: null, signature: null }),
      'TRANSFORM T { OUTPUT { v: 1 }; }',
      inForm('json', 'TRANSFORM T { OUTPUT { v: 1 }; }'),
    ];
    for (const source of refused) expect((await refusalOf(host.load(source))).code).toBe('MR3010');
  });
});
