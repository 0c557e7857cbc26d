/** Random changes of accepted text, and hostile names in every position: what still passes can do nothing new. */
import { tokenizer } from 'acorn';
import { expect, it } from 'vitest';
import { checkGenerated, type Permit } from '../../../src/jit/gate.ts';
import { Random } from '../../fuzz/random.ts';
import { strangers } from './oracle.ts';
import { changed, PERMIT, SAMPLE } from './sample.ts';
import { CANARIES, countCanaries, runStubbed } from './stubs.ts';

const FORBIDDEN_KEYS = new Set([...[Object, Array].flatMap((owner) => Object.getOwnPropertyNames(owner.prototype))]);
/** Fields and indexes that any text may read, and what arithmetic asks an object for. */
const ALWAYS_TOUCHED = /^(length|value|__proto__|\d+|valueOf|toString)$/;

/** Small texts, so that a change hits something that matters. */
const SEEDS = [
  'let c_2 = {\n    total: a_1,\n    if: [k_0, -1]\n  };\n  c_2.total = a_1.value % 2;\n  return c_2;',
  "const o_2 = typeof a_1 === 'object' && a_1 !== null && a_1.__proto__ === Plain;\n  return o_2 ? a_1.items : read(run, a_1, u_0);",
  'for (let i_2 = 0; i_2 < k_1; i_2++) {\n    const x_3 = a_1[i_2];\n    if ((run.fuel -= 4) < 0) refill(run, 1);\n    push(a_1, x_3);\n  }\n  return f_0(run, a_1);',
  'out_2: {\n    try {\n      if (!(a_1 >= 2)) break out_2;\n      return one_1(run, a_1 - 1);\n    } catch (e_3) {\n      throw unwind(run, e_3, u_0);\n    }\n  }\n  return a_1.length;',
  'let regs_2 = null;\n  regs_2 = regs_0[1];\n  regs_2.value = regs_2 === undefined ? run.depth : false;\n  run.memoryLeft -= 5;\n  return a_1;',
].map((body) => `'use strict';\nfunction one_1(run, a_1, regs_0) {\n  ${body}\n}\nreturn [one_1];\n`);

const WORDS = [
  ...'a_1 c_2 x_3 i_2 e_3 regs_0 run undefined Plain List read push refill f_0 u_0 k_0 k_1 k_2 one_1 out_2'.split(' '),
  ...'total items value length __proto__ constructor prototype eval Function globalThis process arguments this'.split(
    ' ',
  ),
  ...'let const var if else for while return throw try catch new typeof void delete in of class function async'.split(
    ' ',
  ),
  ...'( ) { } [ ] , ; : ? . = += ++ -- + - * / % < > === == ! && || ?? => ... ?. ** & | ^ ~ <<'.split(' '),
  ...`0 1 3.5 1e+21 010 0x1 1n null true 'object' 'x' "use strict" /x/ #x @`.split(' '),
];

function pieces(text: string): readonly string[] {
  const tokens = [...tokenizer(text, { ecmaVersion: 2020 })];
  return tokens.flatMap((token, i) => [
    text.slice(token.start, token.end),
    text.slice(token.end, tokens[i + 1]?.start),
  ]);
}

const CLASSES = [/^\d/, /^\w+_\d+$/, /^\w+$/, /./] as const;

/** Whether another word is a number, a local's name, a word or a sign like this one. */
function isLike(word: string): (other: string) => boolean {
  const form = CLASSES.find((of) => of.test(word));
  return (other) => CLASSES.find((of) => of.test(other)) === form;
}

/** One or two tokens swapped, inserted, deleted, doubled or renamed; the space between tokens stays. */
function mutated(seed: readonly string[], random: Random): string {
  const parts = [...seed];
  for (let left = random.between(1, 2); left > 0; left -= 1) {
    const at = random.below(parts.length / 2) * 2;
    const other = random.below(parts.length / 2) * 2;
    random.weighted<void>([
      [3, () => void (parts[at] = random.pick(WORDS))],
      [9, () => void (parts[at] = random.pick([...WORDS, ...seed].filter(isLike(parts[at] as string))))],
      [3, () => void (parts[at] = parts[other] as string)],
      [1, () => void ([parts[at], parts[other]] = [parts[other] as string, parts[at] as string])],
      [1, () => void (parts[at] = '')],
      [1, () => void (parts[at] = `${parts[at]} ${random.pick(WORDS)}`)],
      [1, () => void (parts[at] = `${random.pick(WORDS)} ${parts[at]}`)],
    ]);
  }
  return parts.join('');
}

it('no random change of accepted text reaches a name, key or call beyond the permit (10,000)', () => {
  const random = new Random(51);
  const seeds = SEEDS.map(pieces);
  expect(SEEDS.map((seed) => checkGenerated(seed, PERMIT))).toEqual(SEEDS.map(() => null));
  const findings: unknown[] = [];
  let accepted = 0;
  const canaries = countCanaries(() => {
    for (let i = 0; i < 10_000; i += 1) {
      const text = mutated(random.pick(seeds), random);
      if (checkGenerated(text, PERMIT) !== null) continue;
      accepted += 1;
      const strange = [...strangers(text, PERMIT), ...strangeTouches(text, PERMIT)];
      if (strange.length > 0) findings.push({ text, strange });
    }
  });
  expect({ findings, canaries }).toEqual({ findings: [], canaries: 0 });
  expect(accepted).toBeGreaterThan(300);
});

it('the second opinion sees nothing strange in the samples, and would see what is', () => {
  expect([SAMPLE, ...SEEDS].flatMap((text) => strangers(text, PERMIT))).toEqual([]);
  const strange = [
    'process',
    'a_0.other',
    'a_0[b_1]',
    'a_0()',
    'a_0.value()',
    'k_7',
    "'x'",
    '/x/',
    'new Plain',
    'b_1()()',
    'k_0 ?? 1',
  ];
  const blind = strange.filter((text) => strangers(changed('return x_7;', `return ${text};`), PERMIT).length === 0);
  expect(blind).toEqual([]);
});

const PAYLOADS = [
  ...CANARIES.flatMap((name) => [
    name,
    `${name}()`,
    `x;${name}()`,
    `x=${name}()`,
    `"+${name}()+"`,
    `'+${name}()+'`,
    `\${${name}()}`,
  ]),
  ...['x_1;evil()', 'x_1=evil()', 'a_1,evil()', 'a_1){evil()}//', '*/evil()/*', '<!--evil()', '-->evil()', '1n;evil()'],
  ...[
    '\\u0065vil',
    'ev\\u{69}l',
    'evil\u2028',
    '\u2029evil()',
    'x\n;evil()',
    '\ud800',
    '\u200devil',
    'x\0',
    '`${evil()}`',
  ],
  ...['\nreturn evil();\n', '}\nevil();\nfunction b_2(run){', '//# sourceURL=evil', 'sourceMappingURL=evil', '#!evil'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'eval',
    'Function',
    'arguments',
    'this',
    'import',
    'async',
    'get',
    'static',
  ],
  ...[
    'total',
    'items',
    'x_1',
    'k_0',
    'run',
    'read',
    'undefined',
    'NaN',
    'length',
    'name',
    'then',
    'toJSON',
    '\\',
    '"',
    "'",
  ],
];

function hostileName(random: Random): string {
  const parts = Array.from({ length: random.chance(60) ? 1 : random.between(2, 3) }, () => random.pick(PAYLOADS));
  const joint = random.pick(['', '', '_', ' ', '\n', '"', ';', '.', ',', '(', '=', ':']);
  const name = parts.join(joint);
  if (random.chance(60)) return name;
  const at = random.below(name.length + 1);
  return (
    name.slice(0, at) +
    String.fromCharCode(random.chance(80) ? random.below(128) : random.below(65_536)) +
    name.slice(at)
  );
}

/** The positions in which a generator could be made to print a name. */
const POSITIONS: readonly ((name: string) => string)[] = [
  (name) => `return a_1.${name};`,
  (name) => `return {\n    ${name}: a_1\n  };`,
  (name) => `a_1.${name} = 1;\n  return a_1;`,
  (name) => `let ${name} = 1;\n  return ${name};`,
  (name) => `return ${name};`,
  (name) => `return ${name}(run, a_1);`,
  (name) => `return typeof a_1 === '${name}';`,
  (name) => `return "${name}";`,
  (name) => `${name}: {\n    break ${name};\n  }\n  return a_1;`,
  (name) => `return a_1[${name}];`,
];

it('hostile names in any position reach nothing (25,000)', () => {
  const random = new Random(190);
  const findings: unknown[] = [];
  let accepted = 0;
  const canaries = countCanaries(() => {
    for (let i = 0; i < 25_000; i += 1) {
      const name = hostileName(random);
      const permit: Permit = { ...PERMIT, helpers: new Set(['read', name]), keys: new Set(['total', name]) };
      const text = `'use strict';\nfunction one_1(run, a_1) {\n  ${random.pick(POSITIONS)(name)}\n}\nreturn [one_1];\n`;
      if (checkGenerated(text, permit) !== null) continue;
      accepted += 1;
      const helpers = new Set([...permit.helpers].filter((helper) => text.includes(`${helper}(`)));
      const strange = strangeTouches(text, { ...permit, helpers });
      if (strange.length > 0) findings.push({ text, strange });
    }
  });
  expect({ findings, canaries }).toEqual({ findings: [], canaries: 0 });
  expect(accepted).toBeGreaterThan(900);
});

it('a canary would be heard', () => {
  expect(countCanaries(() => void Reflect.get(globalThis, 'evil'))).toBe(1);
});

/** Keys that running the text reached and that it should not have. */
function strangeTouches(text: string, permit: Permit): readonly string[] {
  const isAllowed = (key: string) => ALWAYS_TOUCHED.test(key) || (permit.keys.has(key) && !FORBIDDEN_KEYS.has(key));
  return [...runStubbed(text, permit)].filter((key) => !isAllowed(key));
}
