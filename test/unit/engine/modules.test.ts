// Modules that import modules: what resolves, what links, what is reached, and where messages point.
import { describe, expect, it } from 'vitest';
import { resolvedUri } from '../../../src/engine/graph.ts';
import {
  AsyncNeededError,
  capability,
  createHost,
  type GrantTable,
  type HostOptions,
  LoadError,
  MemoryStore,
  RunError,
  sharedState,
} from '../../../src/index.ts';

const clock = (name: string) =>
  capability('host:clock', { now: { params: [], returns: 'string', effect: 'read', call: () => name } });

function hostOf(files: Readonly<Record<string, string>>, options: HostOptions = {}) {
  return createHost({
    resolve: (uri, from) => {
      const resolved = resolvedUri(uri, from);
      const source = files[resolved];
      if (source === undefined) throw new Error(`no file ${resolved}`);
      return { uri: resolved, source };
    },
    ...options,
  });
}

async function refusalOf(promise: Promise<unknown>): Promise<LoadError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LoadError);
  return error as LoadError;
}

describe('a module that imports a module', () => {
  it('calls its exported FUNCs', async () => {
    const host = hostOf({ 'lib/tax.bl': 'EXPORT FUNC vat(net) = net * 0.2;\nFUNC hidden(x) = x;' });
    const module = await host.load(
      'IMPORT "./lib/tax.bl" AS tax;\nTRANSFORM T { OUTPUT { vat: tax.vat(input.net) }; }',
      { id: 'main.bl' },
    );
    expect(module.run('T', { net: 50 })).toEqual({ vat: 10 });
  });

  it('lends it lambdas', async () => {
    const host = hostOf({ 'list.bl': 'EXPORT FUNC twice(xs, f) = MAP(MAP(xs, f), f);' });
    const module = await host.load(
      'IMPORT "./list.bl" AS list;\nTRANSFORM T { OUTPUT { v: list.twice([1, 2], (x) -> x * 3) }; }',
    );
    expect(module.run('T', {})).toEqual({ v: [9, 18] });
  });

  it('is refused without a resolver, with the place of the import', async () => {
    const error = await refusalOf(
      createHost().load('IMPORT "./tax.bl" AS tax;\nTRANSFORM T { OUTPUT { a: tax.vat(1) }; }'),
    );
    expect([error.code, error.position?.line]).toEqual(['MR4004', 1]);
  });

  it('keeps the reason of the resolver for the host', async () => {
    const error = await refusalOf(
      hostOf({}).load('IMPORT "./tax.bl" AS tax;\nTRANSFORM T { OUTPUT { a: tax.vat(1) }; }'),
    );
    expect([error.code, (error.cause as Error).message]).toEqual(['MR4004', 'no file tax.bl']);
    expect(String(error)).not.toContain('no file');
  });

  it('links by name, kind and number of arguments', async () => {
    const files = { 'a.bl': 'EXPORT FUNC f(x) = x; EXPORT TRANSFORM T { OUTPUT input; } FUNC hidden() = 1;' };
    const codeOf = async (call: string) =>
      (await refusalOf(hostOf(files).load(`IMPORT "./a.bl" AS a;\nTRANSFORM M { OUTPUT { v: ${call} }; }`))).code;
    expect(await codeOf('a.g(1)')).toBe('MR4002');
    expect(await codeOf('a.hidden()')).toBe('MR4002');
    expect(await codeOf('a.T(1)')).toBe('MR4002');
    expect(await codeOf('a.f()')).toBe('MR4003');
    expect(await codeOf('a.f(1, 2)')).toBe('MR4003');
  });

  it('is refused in a circle, which the message shows', async () => {
    const host = hostOf({
      'a.bl': 'IMPORT "./b.bl" AS b; EXPORT FUNC f(x) = b.g(x);',
      'b.bl': 'IMPORT "./a.bl" AS a; EXPORT FUNC g(x) = a.f(x);',
    });
    const error = await refusalOf(host.load('IMPORT "./a.bl" AS a;\nTRANSFORM T { OUTPUT { v: a.f(1) }; }'));
    expect(error.code).toBe('MR4005');
    expect(error.diagnostics[0]?.notes[0]).toBe('the circle: "a.bl" → "b.bl" → "a.bl"');
    const self = await refusalOf(
      hostOf({ 'm.bl': 'IMPORT "./m.bl" AS m; EXPORT FUNC f(x) = m.f(x);' }).load(
        'IMPORT "./m.bl" AS m; TRANSFORM T { OUTPUT { v: m.f(1) }; }',
      ),
    );
    expect(self.code).toBe('MR4005');
  });

  it('stops at too many modules', async () => {
    const host = createHost({
      resolve: (uri) => {
        const next = Number(uri.slice(uri.lastIndexOf('m') + 1)) + 1;
        return { uri, source: `IMPORT "x:m${next}" AS next; EXPORT FUNC f(x) = next.f(x);` };
      },
    });
    const error = await refusalOf(host.load('IMPORT "x:m1" AS next; TRANSFORM T { OUTPUT { v: next.f(1) }; }'));
    expect([error.code, error.message]).toEqual(['MR4007', '"x:m1000" is one module too many: 1000 are the limit']);
  });

  it('reads a module once that two others import', async () => {
    const asked: string[] = [];
    const files: Record<string, string> = {
      'a.bl': 'IMPORT "./c.bl" AS c; EXPORT FUNC f(x) = c.h(x);',
      'b.bl': 'IMPORT "./c.bl" AS c; EXPORT FUNC g(x) = c.h(x) + 1;',
      'c.bl': 'EXPORT FUNC h(x) = x * 2;',
    };
    let admitted = 0;
    const host = createHost({
      resolve: (uri, from) => {
        const resolved = resolvedUri(uri, from);
        asked.push(resolved);
        return {
          uri: resolved,
          get source() {
            admitted++;
            return files[resolved] as string;
          },
        } as { uri: string; source: string };
      },
    });
    const module = await host.load(
      'IMPORT "./a.bl" AS a; IMPORT "./b.bl" AS b; TRANSFORM T { OUTPUT { v: a.f(3) + b.g(3) }; }',
    );
    expect(module.run('T', {})).toEqual({ v: 13 });
    expect(asked).toEqual(['a.bl', 'c.bl', 'b.bl', 'c.bl']);
    expect(admitted).toBeGreaterThan(0);
  });

  it('shows the place of a finding in the imported module', async () => {
    const host = hostOf({ 'a.bl': 'EXPORT FUNC f(x) = x +;' });
    const error = await refusalOf(host.load('IMPORT "./a.bl" AS a; TRANSFORM T { OUTPUT { v: a.f(3) }; }'));
    expect(error.diagnostics[0]?.source.name).toBe('a.bl');
  });

  it('shows the place of a fault in the imported module, and the way there', async () => {
    const host = hostOf({ 'a.bl': '\n\nEXPORT FUNC f(x) = 1 / x;' });
    const module = await host.load('IMPORT "./a.bl" AS a;\nTRANSFORM T { OUTPUT { v: a.f(input.n) }; }', {
      id: 'main.bl',
    });
    try {
      module.run('T', { n: 0 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RunError);
      expect((error as RunError).trail.map((t) => `${t.source}:${t.line} ${t.unit}`)).toEqual([
        'a.bl:3 f',
        'main.bl:2 T',
      ]);
    }
  });

  it('must wait where the imported module must wait', async () => {
    const slow = capability('host:slow', { get: { params: [], async: true, call: async () => 7 } });
    const host = hostOf(
      { 'a.bl': 'IMPORT "host:slow" AS slow; EXPORT FUNC f(x) = slow.get() + x;' },
      { grantsFor: () => ({ 'host:slow': slow }) },
    );
    const module = await host.load('IMPORT "./a.bl" AS a; TRANSFORM T { OUTPUT { v: a.f(1) }; }');
    expect(() => module.run('T', {})).toThrow(AsyncNeededError);
    expect(await module.runAsync('T', {})).toEqual({ v: 8 });
  });

  it('takes relative URIs from the folder of the importing module', () => {
    expect(resolvedUri('./tax.bl', 'plugins/main.bl')).toBe('plugins/tax.bl');
    expect(resolvedUri('../tax.bl', 'plugins/main.bl')).toBe('tax.bl');
    expect(resolvedUri('../../tax.bl', 'plugins/main.bl')).toBe('../tax.bl');
    expect(resolvedUri('../tax.bl', './main.bl')).toBe('../tax.bl');
    expect(resolvedUri('npm:tax', 'plugins/main.bl')).toBe('npm:tax');
  });
});

describe('authority', () => {
  const files = { 'a.bl': 'IMPORT "host:clock" AS clock; EXPORT FUNC at() = clock.now();' };
  const importer =
    'IMPORT "./a.bl" AS a; IMPORT "host:clock" AS clock; TRANSFORM T { OUTPUT { own: clock.now(), its: a.at() }; }';
  const grants = { 'host:clock': clock('own') };

  it('is not inherited from the importer', async () => {
    const error = await refusalOf(hostOf(files, { grants }).load(importer));
    expect([error.code, error.diagnostics[0]?.source.name]).toEqual(['MR4001', 'a.bl']);
    expect(error.message).toBe('module "a.bl" may not import "host:clock"');
  });

  it('of an imported module is what grantsFor gives for its URI', async () => {
    const asked: string[] = [];
    const host = hostOf(files, {
      grants,
      grantsFor: (uri) => {
        asked.push(uri);
        return { 'host:clock': clock('given') };
      },
    });
    expect((await host.load(importer)).run('T', {})).toEqual({ own: 'own', its: 'given' });
    expect(asked).toEqual(['a.bl']);
  });

  it('is handed on by WITH, and by nothing else', async () => {
    const host = hostOf(files, { grants });
    const module = await host.load(importer.replace('AS a;', 'AS a WITH { clock };'));
    expect(module.run('T', {})).toEqual({ own: 'own', its: 'own' });
  });

  it('cannot hand on what it has not itself', async () => {
    const text =
      'IMPORT "host:clock" AS clock; IMPORT "./a.bl" AS a WITH { clock }; TRANSFORM T { OUTPUT { its: a.at() }; }';
    expect((await refusalOf(hostOf(files).load(text))).code).toBe('MR4001');
  });

  it('makes two modules of one text under different grants', async () => {
    const both =
      'IMPORT "host:clock" AS clock; IMPORT "./a.bl" AS a WITH { clock }; IMPORT "./b.bl" AS b; TRANSFORM T { OUTPUT { a: a.at(), b: b.via() }; }';
    const host = hostOf(
      { ...files, 'b.bl': 'IMPORT "./a.bl" AS a; EXPORT FUNC via() = a.at();' },
      { grants, grantsFor: (uri) => (uri === 'a.bl' ? { 'host:clock': clock('given') } : {}) },
    );
    expect((await host.load(both)).run('T', {})).toEqual({ a: 'own', b: 'given' });
  });

  it('is bounded: sets of grants that double with each module are refused, not linked', async () => {
    const uris = Array.from({ length: 14 }, (_, i) => `host:c${i}`);
    const all = (): GrantTable => Object.fromEntries(uris.map((uri) => [uri, capability(uri, { f: () => 1 })]));
    const imports = uris.map((uri, i) => `IMPORT "${uri}" AS c${i};`).join(' ');
    const names = uris.map((_, i) => `c${i}`);
    const uses = names.map((name) => `${name}.f()`).join(' + ');
    const source = (n: number): string => {
      if (n === uris.length) return `${imports} EXPORT FUNC f() = ${uses};`;
      const fewer = names.filter((_, i) => i !== n).join(', ');
      return `${imports} IMPORT "./m${n + 1}.bl" AS a WITH { ${names.join(', ')} }; IMPORT "./m${n + 1}.bl" AS b WITH { ${fewer} }; EXPORT FUNC f() = a.f() + b.f() + ${uses};`;
    };
    const given = all();
    const resolve = (uri: string): string => source(Number(/\d+/.exec(uri)?.[0]));
    const host = createHost({ grants: all(), grantsFor: () => given, resolve });
    expect((await refusalOf(host.load(source(0), { id: 'm0.bl' }))).code).toBe('MR4007');
  });

  it('over shared state is each module’s own', async () => {
    const [own, its] = [new MemoryStore(), new MemoryStore()];
    const host = hostOf(
      { 'a.bl': 'SHARED notes MANY;\nEXPORT FUNC note() = AWAIT notes.k;' },
      {
        grants: { 'host:shared': sharedState(own) },
        grantsFor: () => ({ 'host:shared': sharedState(its) }),
      },
    );
    const module = await host.load(
      'IMPORT "./a.bl" AS a;\nSHARED notes MANY;\nTRANSFORM T { notes["k"] = "own"; OUTPUT { own: AWAIT notes.k, its: a.note() }; }',
    );
    its.addResource('notes', 'MANY');
    its.setOnce('notes', 'k', 'its');
    expect(module.run('T', {})).toEqual({ own: 'own', its: 'its' });
  });
});
