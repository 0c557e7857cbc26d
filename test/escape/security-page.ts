/** The table of attacks of SECURITY.md, from the rows of this folder: one line for each number of the guide. */
import { type Expected, FAMILIES, type Family } from './attack.ts';
import { BOUNDED_ATTACKS } from './attacks-bounded.ts';
import { HOST_ATTACKS } from './attacks-host.ts';
import { LIMIT_ATTACKS } from './attacks-limits.ts';
import { PROTOTYPE_ATTACKS } from './attacks-prototype.ts';
import { VALUE_ATTACKS } from './attacks-values.ts';
import { CODE_ATTACKS, FILE_ATTACKS } from './attacks-verifier.ts';

export const TABLE_STARTS =
  '<!-- Generated from the rows in test/escape from here on (UPDATE_GOLDEN=1). Do not edit. -->';

interface Row {
  readonly number: number;
  readonly idea: string;
  readonly family: Family;
  readonly ends: string;
}

const endOf = (expected: Expected): string => ('code' in expected ? expected.code : 'plain result');
const ofFamily =
  (family: Family) =>
  ({
    number,
    idea,
    expected,
  }: {
    readonly number: number;
    readonly idea: string;
    readonly expected: Expected;
  }): Row => ({
    number,
    idea,
    family,
    ends: endOf(expected),
  });

const ROWS: readonly Row[] = [
  ...PROTOTYPE_ATTACKS.map(ofFamily('prototype reach')),
  ...VALUE_ATTACKS.map(ofFamily('host boundary')),
  ...HOST_ATTACKS.map((attack) => ofFamily(attack.family)(attack)),
  ...CODE_ATTACKS.map(({ number, idea, reason }) => ({
    number,
    idea,
    family: 'verifier' as const,
    ends: `MR3003 \`${reason}\``,
  })),
  ...FILE_ATTACKS.map(({ number, idea, code, reason }) => ({
    number,
    idea: `a file with ${idea}`,
    family: 'binary form' as const,
    ends: `${code} \`${reason}\``,
  })),
  ...LIMIT_ATTACKS.map(ofFamily('limits')),
  ...BOUNDED_ATTACKS.map(ofFamily('bounded work')),
];

export function renderAttackTable(): string {
  const numbers = [...new Set(ROWS.map(({ number }) => number))].sort((a, b) => a - b);
  const lines = numbers.map((number) => {
    const rows = ROWS.filter((row) => row.number === number);
    const all = (key: 'idea' | 'family' | 'ends', by: string): string =>
      [...new Set(rows.map((row) => row[key]))].join(by);
    return `| ${number} | ${all('idea', '; ').replaceAll('|', '\\|')} | ${all('family', ', ')} | ${all('ends', ', ')} |`;
  });
  const families = Object.entries(FAMILIES).map(([family, control]) => `*${family}*: ${control.replace(';', ',')}`);
  return `${[
    TABLE_STARTS,
    '',
    `## Attacks: ${new Set(ROWS.map(({ number, idea }) => `${number} ${idea}`)).size} under ${numbers.length} ideas`,
    '',
    'Each has an exact end, a marker that the hostile operation was reached or refused by the named check, and a control, which',
    `shows how the attack fares without the defence. By family: ${families.join('; ')}.`,
    'Attacks by programs run in each form of modules, in a clean realm and in a polluted one: 61 to 64, replaced built-ins, are that realm.',
    '',
    '| no. | idea | family | ends in |',
    '| --- | --- | --- | --- |',
    ...lines,
  ].join('\n')}\n`;
}
