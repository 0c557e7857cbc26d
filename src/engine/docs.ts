/**
 * The generated pages: OPCODES.md, ERRORS.md and STDLIB.md, each rendered from the one table it documents. A test compares
 * them with what is checked in (`npm run docs` rewrites them). Pure text: writing files is the caller's business.
 */
import { CODES, type Code, type CodeRow } from '../base/codes.ts';
import { costOf } from '../bytecode/cost.ts';
import { type Effect, OP_NAMES, type OpName, type OpRow, opRow } from '../bytecode/opcodes.ts';
import type { StdRow } from '../link/native.ts';

const NOTICE = '<!-- Generated from the tables (npm run docs). Do not edit. -->';

const OPCODE_FAMILIES: Readonly<Record<number, string>> = {
  0: 'Flow',
  1: 'Constants and stack',
  2: 'Variables',
  3: 'Arithmetic',
  4: 'Comparison and logic',
  5: 'Making and reading',
  6: 'Writing',
  7: 'Iteration',
  8: 'Calls',
  9: 'Output',
  10: 'Errors',
  11: 'Suspension and shared state',
  13: 'Run time only',
  15: 'Diagnostics',
};

const EFFECTS: Readonly<Record<Effect, string>> = {
  none: '',
  write: 'writes a variable',
  emit: 'outputs',
  call: 'calls',
  suspend: 'suspends',
  shared: 'touches shared state',
  trace: 'reports',
};

export function renderOpcodesPage(): string {
  const sections = groupBy(OP_NAMES, (name) => opRow(name).code >> 4).map(([family, names]) => {
    const rows = names.map((name) => opcodeCells(name, opRow(name)));
    return [
      `## ${OPCODE_FAMILIES[family] ?? `${hex(family)}_`}`,
      '',
      ...table(['Code', 'Name', 'Operands', 'Stack', 'Meaning', 'Fuel'], rows),
    ].join('\n');
  });
  return page('Opcodes', [
    `The ${OP_NAMES.length} instructions of the stack machine, from \`src/bytecode/opcodes.ts\`. Stack pictures read \`before → after\`, top at`,
    'the right; `…` is the untouched rest, `⇢ target` the stack where a jump is taken. Instructions marked *faults* may end in an',
    'error that programs can catch. Fuel is what a metered run spends per instruction, besides what is charged by size.',
    '',
    sections.join('\n\n'),
  ]);
}

function opcodeCells(name: OpName, row: OpRow): readonly string[] {
  const remarks = [
    row.faults ? 'faults' : '',
    EFFECTS[row.effect],
    row.runtimeOnly ? 'refused in module files' : '',
  ].filter((r) => r !== '');
  const doc = remarks.length === 0 ? row.doc : `${row.doc} *${remarks.join(', ')}*`;
  return [
    `\`${hex(row.code).padStart(2, '0')}\``,
    `\`${name}\``,
    row.operands.join(', '),
    `\`${row.stack}\``,
    doc,
    String(costOf(name)),
  ];
}

const CODE_FAMILIES: Readonly<Record<string, string>> = {
  '1': 'Syntax',
  '2': 'Names and shapes',
  '3': 'Format and verifier',
  '4': 'Linking and capabilities',
  '5': 'Limits',
  '6': 'Run time',
  '9': 'Our own bugs',
};

export function renderErrorsPage(): string {
  const entries = Object.entries(CODES).sort(([a], [b]) => (a < b ? -1 : 1)) as [Code, CodeRow][];
  const sections = groupBy(entries, ([code]) => code.charAt(2)).map(([family, rows]) =>
    [
      `## ${CODE_FAMILIES[family] ?? family}`,
      ...rows.flatMap(([code, row]) => [
        '',
        `<a id="${code.toLowerCase()}"></a>`,
        `### ${code}: ${row.title}`,
        '',
        `${severityNote(row)}${row.doc}`,
      ]),
    ].join('\n'),
  );
  return page('Errors', [
    'Every code that a diagnostic or an error may carry, from `src/base/codes.ts`. Codes are never reused. Errors cannot be silenced.',
    '',
    sections.join('\n\n'),
  ]);
}

function severityNote(row: CodeRow): string {
  return row.severity === 'warning' ? 'Warning. ' : '';
}

export function renderStdlibPage(rows: readonly StdRow[]): string {
  const sections = groupBy(rows, (row) => row.module).map(([module, members]) =>
    [`## ${module}`, ...members.map((row) => ['', ...functionEntry(row)].join('\n'))].join('\n'),
  );
  return page('Standard library', [
    `The ${rows.length} functions that every program can call, from the tables in \`src/std/\`. Names are upper case and are not values.`,
    'A wrong number of arguments is an error whose message is the usage line. No function changes its arguments.',
    '',
    sections.join('\n\n'),
  ]);
}

function functionEntry(row: StdRow): readonly string[] {
  const notes = [
    row.kind === 'implied' ? `Needs the capability \`${row.uri}\`.` : '',
    row.yields ? 'Ours, not Branchline’s: a FUNC or LET of the same name takes its place.' : '',
  ].filter((note) => note !== '');
  const examples = row.examples.map(([expression, value]) => `${expression}  →  ${value}`);
  return [
    `### ${row.name}`,
    '',
    `\`${row.usage}\``,
    '',
    [row.doc, ...notes].join(' '),
    ...(examples.length === 0 ? [] : ['', '```text', ...examples, '```']),
  ];
}

function page(title: string, body: readonly string[]): string {
  return `${[NOTICE, '', `# ${title}`, '', ...body].join('\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function hex(code: number): string {
  return code.toString(16).toUpperCase();
}

/** In order of first appearance. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): readonly (readonly [K, readonly T[]])[] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}
