/** The table of attacks of SECURITY.md, from the rows of this folder: one line for each number of the guide. */
import { type Expected, FAMILIES, type Family } from './attack.ts';
import { BOUNDED_ATTACKS } from './attacks-bounded.ts';
import { PRINTED_ATTACKS } from './attacks-code.ts';
import { COMPILER_ATTACKS } from './attacks-compiler.ts';
import { HOST_ATTACKS } from './attacks-host.ts';
import { HOST_LIMIT_ATTACKS } from './attacks-host-limits.ts';
import { LIMIT_ATTACKS } from './attacks-limits.ts';
import { LINKING_ATTACKS } from './attacks-linking.ts';
import { PROTOTYPE_ATTACKS } from './attacks-prototype.ts';
import { REALM_ATTACKS } from './attacks-realm.ts';
import { NOT_IN_TREES, TREE_ATTACKS } from './attacks-tree.ts';
import { VALUE_ATTACKS } from './attacks-values.ts';
import { CODE_ATTACKS, FILE_ATTACKS } from './attacks-verifier.ts';

export const TABLE_STARTS =
  '<!-- Generated from the rows in test/escape from here on (UPDATE_GOLDEN=1). Do not edit. -->';

const ALL = 'all';

/** Numbers of the guide that no row has, and why. */
const UNTRIED: readonly (readonly [numbers: string, why: string])[] = [
  [
    '33',
    'generated text has nothing that is read otherwise when V8 reads it late: no `eval`, no `with`, no function in a function',
  ],
  [
    '132',
    'rules of the optimiser stop at labels that are used: `test/unit/compile`; a file is not optimised when it is loaded',
  ],
  ['172–184', 'come with snapshots'],
  ['186–190', 'come with threads and processes'],
];

interface Row {
  readonly number: number;
  readonly idea: string;
  readonly family: Family;
  readonly forms: string;
  readonly ends: string;
}

interface Entry {
  readonly number: number;
  readonly idea: string;
  readonly expected: Expected;
  readonly forms?: readonly string[];
}

const endOf = (expected: Expected): string => ('code' in expected ? expected.code : 'plain result');
const ofFamily =
  (family: Family) =>
  ({ number, idea, expected, forms }: Entry): Row => ({
    number,
    idea,
    family,
    forms: forms?.join(', ') ?? ALL,
    ends: endOf(expected),
  });

const WITH_HOSTS = [...HOST_ATTACKS, ...REALM_ATTACKS, ...LINKING_ATTACKS, ...HOST_LIMIT_ATTACKS];

const ROWS: readonly Row[] = [
  ...PRINTED_ATTACKS.map(({ number, idea, reason }) => ({
    number,
    idea,
    family: 'generated code' as const,
    forms: 'source',
    ends: `plain result; gate: \`${reason}\``,
  })),
  ...COMPILER_ATTACKS.map((attack) => ({ ...ofFamily('generated code')(attack), forms: 'source' })),
  ...PROTOTYPE_ATTACKS.map(ofFamily('prototype reach')),
  ...VALUE_ATTACKS.map(ofFamily('host boundary')),
  ...WITH_HOSTS.map((attack) => ofFamily(attack.family)(attack)),
  ...CODE_ATTACKS.map(({ number, idea, reason }) => ({
    number,
    idea,
    family: 'verifier' as const,
    forms: number in NOT_IN_TREES ? `binary (json: ${NOT_IN_TREES[number]})` : 'binary',
    ends: `MR3003 \`${reason}\``,
  })),
  ...FILE_ATTACKS.map(({ number, idea, code, reason }) => ({
    number,
    idea: `a file with ${idea}`,
    family: 'binary form' as const,
    forms: 'binary',
    ends: `${code} \`${reason}\``,
  })),
  ...TREE_ATTACKS.map(({ number, idea, code, reason }) => ({
    number,
    idea: `a tree with ${idea}`,
    family: 'tree' as const,
    forms: 'json',
    ends: `${code} \`${reason}\``,
  })),
  ...LIMIT_ATTACKS.map(ofFamily('limits')),
  ...BOUNDED_ATTACKS.map(ofFamily('bounded work')),
];

export function renderAttackTable(): string {
  const numbers = [...new Set(ROWS.map(({ number }) => number))].sort((a, b) => a - b);
  const lines = numbers.map((number) => {
    const rows = ROWS.filter((row) => row.number === number);
    const all = (key: 'idea' | 'family' | 'forms' | 'ends', by: string): string =>
      [...new Set(rows.map((row) => row[key]))].join(by);
    return `| ${number} | ${all('idea', '; ').replaceAll('|', '\\|')} | ${all('family', ', ')} | ${all('forms', ', ')} | ${all('ends', ', ')} |`;
  });
  const families = Object.entries(FAMILIES).map(([family, control]) => `*${family}*: ${control.replace(';', ',')}`);
  return `${[
    TABLE_STARTS,
    '',
    `## Attacks: ${new Set(ROWS.map(({ number, idea }) => `${number} ${idea}`)).size} under ${numbers.length} ideas`,
    '',
    'Each has an exact end, a marker that the hostile operation was reached or refused by the named check, and a control, which',
    `shows how the attack fares without the defence. By family: ${families.join('; ')}.`,
    'Every attack runs in a clean realm and in a polluted one, but for hand-made code and damaged files, which meet bytes only, and',
    'again compiled to JavaScript, left on the way and in a realm polluted since (`test/escape/compiled.test.ts`). *All* forms are',
    'source, JSON AST and binary. A source has nothing that the front end has not made: it cannot say 95 to 134 otherwise.',
    '',
    '| no. | idea | family | forms | ends in |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
    'Not tried:',
    '',
    ...UNTRIED.map(([numbers, why]) => `- **${numbers}** ${why}.`),
  ].join('\n')}\n`;
}
