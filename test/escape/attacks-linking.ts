/** C and D: what modules want from the host and from each other, and how a host pins, locks, signs and audits it. */
import { SourceText } from '../../src/base/source.ts';
import { encodeBinary } from '../../src/bytecode/encode.ts';
import { identityOf } from '../../src/bytecode/identity.ts';
import { newKeyPair, signModule } from '../../src/bytecode/signature.ts';
import { readModule } from '../../src/front/front.ts';
import {
  type AuditEvent,
  type Capability,
  capability,
  createHost,
  firstBrokenEvent,
  type GrantTable,
  type HostOptions,
  type LoadedModule,
  lockOf,
  type ModuleSource,
} from '../../src/index.ts';
import { STANDARD } from '../../src/std/index.ts';
import { moduleOf } from '../support/forms.ts';
import type { HostAttack } from './attack.ts';
import { FILE_ATTACKS, type FileAttack } from './attacks-verifier.ts';
import { given, raise, SECRET, thrownBy, using } from './host-parts.ts';

const ONE = 'EXPORT FUNC one() = 1;';
const IMPORTER = (pin = '') => `IMPORT "./one.bl" AS m${pin};\nTRANSFORM T { OUTPUT { v: m.one() } }`;

const compiled = (source: string) => {
  const { ir } = readModule(new SourceText('one.bl', source), { standard: STANDARD });
  return moduleOf(ir ?? raise(new Error('it does not load')));
};
const bytesOf = (source: string): Uint8Array =>
  encodeBinary({ module: compiled(source), lines: null, signature: null });
const pinned = async (source: string): Promise<string> => ` PIN "${await identityOf(compiled(source))}"`;

const LATER = 8_000_000_000_000;
const TWICE = 'IMPORT "host:x" AS a;\nIMPORT "host:x" AS b;\nTRANSFORM T { OUTPUT { v: [a.f(1), b.f(1, 2)] } }';
const DELETING = given({ f: () => 1, del: () => 2 });
const longer = (FILE_ATTACKS.find(({ reason }) => reason === 'leb-not-minimal') as FileAttack).damage;

/**
 * Modules `m0.bl` to `m<depth>.bl`; each imports the next twice, handing on all of its capabilities and all but one, which
 * the host then grants in another make.
 */
function doubling(depth: number): { readonly options: HostOptions; readonly source: (n: number) => string } {
  const names = Array.from({ length: depth }, (_, i) => `c${i}`);
  const all = (): GrantTable =>
    Object.fromEntries(names.map((name) => [`host:${name}`, capability(`host:${name}`, { f: () => 0 })]));
  const imports = names.map((name) => `IMPORT "host:${name}" AS ${name};`).join('\n');
  const uses = names.map((name) => ` + ${name}.f()`).join('');
  const next = (n: number, alias: string, handedOn: readonly string[]): string =>
    `IMPORT "./m${n + 1}.bl" AS ${alias} WITH { ${handedOn.join(', ')} };`;
  const granted = all();
  const source = (n: number): string => {
    if (n === depth) return `${imports}\nEXPORT FUNC one() = 1${uses};`;
    const both = [next(n, 'a', names), next(n, 'b', names.toSpliced(n, 1))].join('\n');
    return `${imports}\n${both}\nEXPORT FUNC one() = a.one() + b.one()${uses};`;
  };
  const resolve = (uri: string): string => source(Number(/\d+/.exec(uri)?.[0]));
  return { options: { grants: all(), grantsFor: () => granted, resolve }, source };
}

/** What a narrowing refuses although the program tries again, and how often the host was called. */
const NARROWED: readonly (readonly [
  idea: string,
  narrow: (base: Capability) => Capability,
  says: string,
  calls: number,
])[] = [
  ['more calls than a budget has, by RETRY', (c) => c.limit({ calls: 2 }), 'it may be called 2 times', 2],
  ['more bytes than a budget has', (c) => c.limit({ bytes: 50 }), 'it may move 50 bytes', 0],
  ['a clock that goes backwards', (c) => c.limit({ perSecond: 1, now: backwards() }), '1 times a second', 1],
  ['a clock that is no number', (c) => c.expires(LATER, { now: () => Number.NaN }), 'it has expired', 0],
  ['a predicate whose answer is a promise', (c) => c.where((async () => true) as never), 'does not permit', 0],
  ['a predicate that throws a secret', (c) => c.where(() => raise(new Error(SECRET))), 'does not permit', 0],
  ['a log that throws a secret', (c) => c.logged(() => raise(new Error(SECRET))), 'could not be logged', 0],
];
const CALLS = 'TRY [x.f(input.a) FOR EACH i IN RANGE(3)] CATCH(e) RETRY 3 TIMES -> e.message';

function backwards(): () => number {
  let now = 1e12;
  return () => {
    now -= 1000;
    return now;
  };
}

function counted(): { readonly base: Capability; readonly calls: () => number } {
  let calls = 0;
  return { base: capability('host:x', { f: () => ++calls }), calls: () => calls };
}

const narrowed: readonly HostAttack[] = NARROWED.map(([idea, narrow, says, wanted]) => ({
  number: 94,
  idea: `a narrowed capability asked again after a refusal: ${idea}`,
  family: 'linking',
  expected: { result: { refused: true, leaked: false, calls: wanted } },
  attack: async (reached, load) => {
    const { base, calls } = counted();
    const module = await load(using(`OUTPUT { v: ${CALLS} }`), { grants: { 'host:x': narrow(base) } });
    reached();
    const v = String((module.run({ a: 'x'.repeat(100) }) as { v: unknown }).v);
    return { refused: v.includes(says), leaked: v.includes('hunter2'), calls: calls() };
  },
  control: async () => {
    const { base, calls } = counted();
    (await createHost({ grants: { 'host:x': base } }).load(using(`OUTPUT { v: ${CALLS} }`))).run({ a: 'x' });
    return calls() === 3;
  },
}));

/** Modules that a host which trusts one key must refuse. */
const SIGNED: readonly (readonly [idea: string, says: string, how: Signing])[] = [
  ['signed with a key that the host does not trust', 'not trusted here', { trusts: 'another' }],
  ['that carries the signature of another', 'another one than was signed', { of: 'EXPORT FUNC one() = 2;' }],
  ['with one bit of its signature turned', 'does not fit', { turn: -1 }],
  ['with one bit of what is signed turned', 'does not fit', { turn: 1 }],
  ['whose signature has run out', 'not valid any more', { validTo: 1 }],
];

interface Signing {
  readonly trusts?: 'another';
  readonly of?: string;
  readonly turn?: number;
  readonly validTo?: number;
}

async function signed(how: Signing): Promise<{ source: Uint8Array; key: Uint8Array }> {
  const [ours, other] = await Promise.all([newKeyPair(), newKeyPair()]);
  const terms = { name: 'one', version: '1', validFrom: 0, validTo: how.validTo ?? LATER };
  const signature = await signModule(compiled(how.of ?? ONE), terms, ours.privateKey);
  if (how.turn !== undefined) {
    const at = (how.turn + signature.length) % signature.length;
    signature[at] = (signature[at] as number) ^ 1;
  }
  const source = encodeBinary({ module: compiled(ONE), lines: null, signature });
  return { source, key: (how.trusts === undefined ? ours : other).publicKey };
}

const signatures: readonly HostAttack[] = SIGNED.map(([idea, says, how]) => ({
  number: 130,
  idea: `a module ${idea}`,
  family: 'linking',
  forms: ['binary'],
  expected: { code: 'MR3010', says },
  attack: async (reached) => {
    const { source, key } = await signed(how);
    reached();
    return createHost({ signedBy: [key] }).load(source);
  },
  control: async () => (await createHost().load((await signed(how)).source)).call('one') === 1,
}));

/** A host whose modules import `./one.bl`, which it answers with `source`. */
const serving = (source: ModuleSource): HostOptions => ({ resolve: () => source });
const answerOf = async (module: Promise<LoadedModule>): Promise<unknown> =>
  ((await module).run({}) as { v: unknown }).v;

export const LINKING_ATTACKS: readonly HostAttack[] = [
  {
    number: 92,
    idea: 'an import of what was not granted',
    family: 'host boundary',
    expected: { code: 'MR4001', says: 'host:clock' },
    attack: (reached, load) => {
      reached();
      return load('IMPORT "host:clock" AS c;\nTRANSFORM T { OUTPUT { v: c.now() } }');
    },
    control: async () => {
      const grants = { 'host:clock': capability('host:clock', { now: () => 7 }) };
      const module = await createHost({ grants }).load(
        'IMPORT "host:clock" AS c;\nTRANSFORM T { OUTPUT { v: c.now() } }',
      );
      return (module.run({}) as { v: unknown }).v === 7;
    },
  },
  {
    number: 92,
    idea: 'an import of `__proto__` and of a member `constructor`',
    family: 'host boundary',
    expected: { code: 'MR4002', says: 'constructor' },
    attack: (reached, load) => {
      reached();
      return load(using('OUTPUT { v: x.constructor("return 7") }'), given({ f: () => 1 }));
    },
    control: () => typeof Reflect.get({ f: () => 1 }, 'constructor') === 'function',
  },
  {
    number: 93,
    idea: 'an import called with an argument too many',
    family: 'host boundary',
    expected: { code: 'MR4003', says: 'takes 1 argument, the module passes 2' },
    attack: (reached, load) => {
      reached();
      return load(using('OUTPUT { v: x.f(1, 2) }'), given({ f: { params: ['number'], call: () => 1 } }));
    },
    // A member without a contract takes them all.
    control: async () => {
      const module = await createHost(given({ f: (...all: unknown[]) => all.length })).load(
        using('OUTPUT { v: x.f(1, 2) }'),
      );
      return (module.run({}) as { v: unknown }).v === 2;
    },
  },
  {
    number: 94,
    idea: 'an argument that its contract does not allow',
    family: 'host boundary',
    expected: { code: 'MR6031', says: 'f: parameter 1' },
    attack: async (reached, load) => {
      let calls = 0;
      const f = { params: ['integer'], call: () => ++calls };
      const module = await load(using('OUTPUT { v: x.f(input.n) }'), given({ f }));
      module.run({ n: 1 });
      if (calls === 1) reached();
      return module.run({ n: 1.5 });
    },
    control: async () => {
      const module = await createHost(given({ f: { call: (n: number) => n } })).load(
        using('OUTPUT { v: x.f(input.n) }'),
      );
      return (module.run({ n: 1.5 }) as { v: unknown }).v === 1.5;
    },
  },
  {
    number: 135,
    idea: 'modules that import each other',
    family: 'host boundary',
    expected: { code: 'MR4005', says: 'circle' },
    attack: (reached, load) => {
      const source = (other: string) => `IMPORT "./${other}.bl" AS m;\nEXPORT FUNC f() = m.f();`;
      const resolve = (uri: string) => {
        reached();
        return { uri, source: source(uri.includes('a') ? 'b' : 'a') };
      };
      return load(source('a'), { resolve });
    },
    control: () => {
      const imports: Readonly<Record<string, string>> = { a: 'b', b: 'a' };
      const link = (name: string): string => link(imports[name] as string);
      return thrownBy(() => link('a')) instanceof RangeError;
    },
  },
  {
    number: 96,
    idea: 'one capability under two names, called with two numbers of arguments',
    family: 'linking',
    expected: { code: 'MR4003', says: 'takes 1 argument, the module passes 2' },
    attack: (reached, load) => {
      reached();
      return load(TWICE, given({ f: { params: ['number'], call: () => 1 } }));
    },
    control: async () => {
      const v = await answerOf(createHost(given({ f: (...all: unknown[]) => all.length })).load(TWICE));
      return String(v) === '1,2';
    },
  },
  {
    number: 130,
    idea: 'another module in the place of a pinned one',
    family: 'linking',
    expected: { code: 'MR4006', says: 'not the one that is pinned' },
    attack: async (reached, load, as) => {
      const source = IMPORTER(await pinned(ONE));
      return load(source, {
        resolve: () => {
          reached();
          return as('EXPORT FUNC one() = 2;');
        },
      });
    },
    control: async () => (await answerOf(createHost(serving('EXPORT FUNC one() = 2;')).load(IMPORTER()))) === 2,
  },
  {
    number: 130,
    idea: 'the pinned module in an encoding that is not its own',
    family: 'linking',
    expected: { code: 'MR3002', says: 'reason: leb-not-minimal' },
    attack: async (reached, load) => {
      const damaged = longer(bytesOf(ONE));
      const source = IMPORTER(await pinned(ONE));
      reached();
      return load(source, serving(damaged));
    },
    control: async () => (await answerOf(createHost(serving(bytesOf(ONE))).load(IMPORTER(await pinned(ONE))))) === 1,
  },
  {
    number: 130,
    idea: 'a locked module that wants one member more',
    family: 'linking',
    expected: { code: 'MR4008', says: '+ host:x del' },
    attack: async (reached, load) => {
      const lock = lockOf(await createHost().inspect(using('OUTPUT { v: x.f() }'), { id: 'plugin' }));
      reached();
      return load(using('OUTPUT { v: x.del() }'), DELETING, { id: 'plugin', lock });
    },
    control: async () => (await answerOf(createHost(DELETING).load(using('OUTPUT { v: x.del() }')))) === 2,
  },
  {
    number: 130,
    idea: 'a lock that names modules by inheritance only',
    family: 'linking',
    expected: { code: 'MR4006', says: '"constructor" is not in the lock' },
    attack: (reached, load) => {
      reached();
      return load('OUTPUT { v: 1 }', {}, { id: 'constructor', lock: { version: 1, modules: {} } });
    },
    control: () => {
      const modules: Readonly<Record<string, unknown>> = {};
      return modules['constructor'] !== undefined;
    },
  },
  {
    number: 135,
    idea: 'one module by two ways, which the host answers differently',
    family: 'linking',
    expected: { result: { v: [1, 1] } },
    attack: async (reached, load, as) => {
      let answers = 0;
      const resolve = (uri: string) => {
        if (uri !== './one.bl') return as(`IMPORT "./one.bl" AS m;\nEXPORT FUNC f() = m.one();`);
        if (++answers === 2) reached();
        return as(`EXPORT FUNC one() = ${answers};`);
      };
      const module = await load(
        'IMPORT "./b.bl" AS b;\nIMPORT "./c.bl" AS c;\nTRANSFORM T { OUTPUT { v: [b.f(), c.f()] } }',
        { resolve },
      );
      return module.run({});
    },
    control: () => {
      let answers = 0;
      const link = (): number => ++answers;
      const [first, second] = [link(), link()];
      return first !== second;
    },
  },
  {
    number: 170,
    idea: 'modules that import one more without end',
    family: 'linking',
    expected: { code: 'MR4007', says: '1000 are the limit' },
    forms: ['source'],
    attack: (reached, load) => {
      let asked = 0;
      const resolve = () => {
        if (++asked === 999) reached();
        return `IMPORT "./m${asked}.bl" AS m;\nEXPORT FUNC one() = 1;`;
      };
      return load(IMPORTER(), { resolve });
    },
    control: () => {
      let asked = 0;
      const link = (): void => {
        if (++asked < 2000) link();
      };
      link();
      return asked === 2000;
    },
  },
  {
    number: 170,
    idea: 'a small graph whose grants double with each module',
    family: 'linking',
    forms: ['source'],
    expected: { code: 'MR4007', says: 'too many sets of grants' },
    attack: (reached, load) => {
      const graph = doubling(12);
      reached();
      return load(graph.source(0), graph.options, { id: 'm0.bl' });
    },
    control: async () => {
      const graph = doubling(6);
      const module = await createHost(graph.options).load(graph.source(0), { id: 'm0.bl' });
      return module.call('one') === 2 ** 6;
    },
  },
  {
    number: 99,
    idea: 'an audit sink that throws while a run is under way',
    family: 'linking',
    expected: { result: { v: 1, missed: 2 } },
    attack: async (reached, load) => {
      const events: AuditEvent[] = [];
      let fails = false;
      const audit = (event: AuditEvent): void => {
        if (!fails) events.push(event);
        else {
          reached();
          raise(new Error(SECRET));
        }
      };
      const module = await load(using('OUTPUT { v: TRY x.f() CATCH(e) -> e.message }'), {
        ...given({ f: () => 1 }),
        audit,
      });
      fails = true;
      module.run({});
      const result = module.run({}) as object;
      fails = false;
      module.run({});
      return { ...result, missed: events.at(-1)?.missed };
    },
    control: () => {
      const log = (): never => raise(new Error(SECRET));
      const f = (): number => {
        log();
        return 1;
      };
      return (thrownBy(f) as Error).message === SECRET;
    },
  },
  {
    number: 99,
    idea: 'an event taken out of the audit trail',
    family: 'linking',
    expected: { result: { whole: null, broken: 3 } },
    attack: async (reached, load) => {
      const events: AuditEvent[] = [];
      const module = await load(using('OUTPUT { v: x.f() }'), {
        ...given({ f: () => 1 }),
        audit: (e) => events.push(e),
      });
      module.run({});
      reached();
      const broken = await firstBrokenEvent(events.toSpliced(1, 1));
      return { whole: await firstBrokenEvent(events), broken: broken?.seq };
    },
    control: () => {
      const lines = ['load', 'verify', 'link'];
      return lines.toSpliced(1, 1).every((line) => line !== '');
    },
  },
  ...narrowed,
  ...signatures,
];
