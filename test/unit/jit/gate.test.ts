/** The gate lets through what the generator writes, and refuses everything that differs from it in one thing. */
import { afterEach, describe, expect, it } from 'vitest';
import { checkGenerated, type Permit } from '../../../src/jit/gate.ts';
import { GATE_REASONS, type GateReason } from '../../../src/jit/gate-reasons.ts';
import { CASES } from './gate-cases.ts';
import { changed, PERMIT, SAMPLE } from './sample.ts';

const reasons = Object.keys(GATE_REASONS) as GateReason[];

it('accepts the sample', () => {
  expect(checkGenerated(SAMPLE, PERMIT)).toBeNull();
});

describe('accepts the sample with a permitted change:', () => {
  it.each([
    ['const flag_7', 'let flag_7'],
    ['sum_4 = 0.5', 'sum_4 = 1.7976931348623157e+308'],
    ['sum_4 = 0.5', 'sum_4 = 5e-324'],
    ['sum_4 = 0.5', 'sum_4 = -0.5'],
    ['sum_4 = 0.5', 'sum_4 = k_1'],
    ['sum_4 = 0.5', 'sum_4 = (at_3 = 1) + 1'],
    ['sum_4 = 0.5', 'sum_4 = []'],
    ['sum_4 = 0.5', 'sum_4 = {}'],
    ['sum_4 = 0.5', 'sum_4 = input_0.__proto__ !== List'],
    ['sum_4 = 0.5', "sum_4 = typeof k_0 !== 'bigint'"],
    ['sum_4 = 0.5', 'sum_4 = typeof input_0 === "string"'],
    ['sum_4 = 0.5', 'sum_4 = input_0.value'],
    ['sum_4 = 0.5', 'sum_4 = run.fuel'],
    ['b_1 - 0', '0'],
    ['b_1 - 0', 'read(run, b_1)'],
    ['if (item_11 === undefined) item_11 = absent(items_5, i_10);\n      ', ''],
    ['let item_11 = items_5[i_10];', 'let item_11 = share(items_5[i_10]);'],
    ['at_3 = 5;\n    throw', 'throw'],
    ['late_2.total = regs_0[1] % 3 / 4;', 'late_2.value = regs_0[4294967294];'],
    ['run.depth += 1;', 'run.memoryLeft = at_3;'],
    ['return [enrich_3, other_4];', 'return [other_4];'],
  ])('%s to %s', (from, to) => {
    expect(checkGenerated(changed(from, to), PERMIT)).toBeNull();
  });
});

describe.each(reasons)('refuses with "%s"', (reason) => {
  it.each(CASES[reason].map(([from, to]) => [from, shortened(to), to]))('%s to %s', (from, _, to) => {
    const text = changed(from, to);
    const refusal = checkGenerated(text, PERMIT);
    expect(refusal?.reason).toBe(reason);
    expectPlace(text, refusal);
  });
});

it('has a case and a sentence for every reason, and two hundred cases at least', () => {
  expect(reasons.filter((reason) => CASES[reason].length === 0 || GATE_REASONS[reason].length < 20)).toEqual([]);
  expect(reasons.flatMap((reason) => CASES[reason]).length).toBeGreaterThan(200);
});

it('says where', () => {
  const text = changed('push(late_2, regs_0);', 'push(late_2, process);');
  const line = text.slice(0, text.indexOf('process')).split('\n').length;
  expect(checkGenerated(text, PERMIT)).toEqual({ reason: 'name-unknown', line, column: 18 });
});

describe('whatever the permit says,', () => {
  const helper = (name: string): [string, Permit] => [
    changed('push(a_0, b_1)', `${name}(a_0, b_1)`),
    { ...PERMIT, helpers: new Set([...PERMIT.helpers, name]) },
  ];

  it.each([
    'eval',
    'Function',
    'process',
    'require',
    'arguments',
    'globalThis',
    'Object',
    'fetch',
    'push_it',
    'p$',
    'push1',
  ])('%s is no helper', (name) => {
    expect(checkGenerated(...helper(name))?.reason).toMatch(/^(call-target|name-unknown|syntax)$/);
  });

  it.each(['add', 'getField', 'IsPlain'])('but %s is', (name) => {
    expect(checkGenerated(...helper(name))).toBeNull();
  });

  const prototypes = [Object, Array].map((owner) => owner.prototype);
  const inherited = prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype));
  const special = ['prototype', 'then', 'toJSON', 'caller', 'callee', 'arguments'];

  it.each([...new Set([...inherited, ...special])])('%s is no key', (name) => {
    const permit = { ...PERMIT, keys: new Set([...PERMIT.keys, name]) };
    expect(checkGenerated(changed('late_2.total = regs', `late_2.${name} = regs`), permit)?.reason).toBe('key-refused');
    expect(checkGenerated(changed('total: sum_4', `${name}: sum_4`), permit)?.reason).toBe('key-refused');
    if (!['length', '__proto__'].includes(name))
      expect(checkGenerated(changed('input_0.items', `input_0.${name}`), permit)?.reason).toBe('key-refused');
  });

  it('a key has at most 64 characters', () => {
    const names = [64, 65].map((length) => 'k'.repeat(length));
    const permit = { ...PERMIT, keys: new Set([...PERMIT.keys, ...names]) };
    const verdicts = names.map((name) => checkGenerated(changed('input_0.items', `input_0.${name}`), permit));
    expect(verdicts.map((verdict) => verdict?.reason)).toEqual([undefined, 'key-refused']);
  });

  it('nothing but prototypes of records and lists is compared with', () => {
    const permit = { ...PERMIT, values: new Set(['Plain', 'List', 'Other']) };
    expect(checkGenerated(changed('=== Plain', '=== Other'), permit)?.reason).toBe('prototype-place');
  });
});

describe('never throws', () => {
  it.each([
    ['no text', ''],
    ['a line end', '\n'],
    ['half a program', SAMPLE.slice(0, 500)],
    ['only brackets', '('.repeat(512 * 1024)],
    ['a deep list', `${'['.repeat(250_000)}${']'.repeat(250_000)}`],
    ['deep blocks', '{'.repeat(512 * 1024)],
    ['many signs', `'use strict';return ${'- '.repeat(200_000)}1`],
    ['many sums', `'use strict';return 1${'+1'.repeat(200_000)}`],
    ['many conditions', `'use strict';return 1${'?1:1'.repeat(100_000)}`],
    ['many branches', `'use strict';${'if(1);else '.repeat(40_000)};`],
    ['many labels', `'use strict';${Array.from({ length: 2_000 }, (_, i) => `a${i}:`).join('')};`],
    ['many names of one function', `'use strict';${Array.from({ length: 10_000 }, (_, i) => `let a_${i};`).join('')}`],
    ['a long line of letters', 'x'.repeat(512 * 1024)],
    ['a long string', `'${'x'.repeat(500_000)}'`],
  ])('%s', (_, text) => {
    expect(checkGenerated(text, PERMIT)).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
  });

  it('with little stack left', () => {
    const verdicts: (string | undefined)[] = [];
    const dive = (): void => {
      try {
        dive();
      } catch {}
      if (verdicts.length < 400) verdicts.push(checkGenerated(SAMPLE, PERMIT)?.reason);
    };
    dive();
    expect(verdicts.slice(-100).every((reason) => reason === undefined)).toBe(true);
    expect(verdicts.every((reason) => reason === undefined || reason === 'too-deep' || reason === 'syntax')).toBe(true);
  });
});

describe('additions to Object.prototype', () => {
  const added = [
    'raw',
    'regex',
    'bigint',
    'directive',
    'generator',
    'indent',
    'output',
    'comments',
    'async',
    'optional',
  ];
  afterEach(() => {
    for (const name of added) Reflect.deleteProperty(Object.prototype, name);
  });

  it.each(added)('"%s" opens nothing', (name) => {
    const texts = [SAMPLE, changed("'use strict';\n", 'read(k_0);\n'), changed('sum_4 = 0.5', 'sum_4 = 1n')];
    const before = texts.map((text) => checkGenerated(text, PERMIT));
    expect(before.map((verdict) => verdict === null)).toEqual([true, false, false]);
    Object.defineProperty(Object.prototype, name, {
      value: 'use strict',
      configurable: true,
      writable: true,
      enumerable: true,
    });
    const after = texts.map((text) => checkGenerated(text, PERMIT)?.reason);
    if (name === 'optional') expect(after).not.toContain(undefined);
    else expect(after).toEqual(before.map((verdict) => verdict?.reason));
  });
});

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 60)} … ${text.length} characters` : text;
}

/** The place lies inside the text. */
function expectPlace(text: string, refusal: ReturnType<typeof checkGenerated>): void {
  const lines = text.split('\n');
  expect(refusal?.line).toBeLessThanOrEqual(lines.length);
  expect(refusal?.column).toBeLessThanOrEqual((lines[(refusal?.line ?? 1) - 1] as string).length + 1);
}
