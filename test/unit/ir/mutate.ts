/** Random changes of a JSON AST: small ones that keep it nearly right, which is where checks have gaps. */
import type { Random } from '../../fuzz/random.ts';
import type { Mutable } from './programs.ts';

interface Spot {
  readonly parent: Mutable;
  readonly key: string | number;
}

/** Changes `ast` in place, once or a few times; parts may come from `donor`. */
export function mutate(random: Random, ast: Mutable, donor: Mutable): void {
  const times = random.weighted([
    [6, () => 1],
    [3, () => 2],
    [1, () => 5],
  ]);
  for (let n = 0; n < times; n++) mutateOnce(random, ast, donor);
}

function mutateOnce(random: Random, ast: Mutable, donor: Mutable): void {
  const spots = spotsOf(ast['module'] as Mutable);
  const spot = random.pick(spots);
  const value = at(spot);
  random.weighted<void>([
    [12, () => changeScalar(random, random.pick(spots.filter((s) => !isContainer(at(s)))))],
    [10, () => changeIndex(random, spots)],
    [8, () => exchange(random, spots, spots)],
    [8, () => graft(random, spots, spotsOf(donor['module'] as Mutable))],
    [4, () => changeList(random, spots)],
    [2, () => removeSpot(spot)],
    [2, () => set(spot, random.pick(STRANGE))],
    [1, () => isContainer(value) && !Array.isArray(value) && Object.assign(value, { [random.pick(FIELDS)]: 1 })],
  ]);
}

const FIELDS = ['at', 'end', 'value', '__proto__x', 'constructor', 'kind', 'name'];
const STRANGE = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '\u0000',
  [],
  {},
  { bigint: '12' },
  { float: '1e+300' },
] as unknown as Mutable[];
const WORDS = [
  'a',
  'input',
  'LENGTH',
  'MAP',
  'TAKE',
  'x`y',
  'THROW',
  'main',
  'LET',
  '<lambda>',
  'row',
  '__proto__',
  'h',
];

function changeScalar(random: Random, spot: Spot): void {
  const value = at(spot) as unknown;
  if (typeof value === 'boolean') set(spot, !value as unknown as Mutable);
  else if (typeof value === 'number') set(spot, (value + random.pick([-1, 1, 1, 2, 100])) as unknown as Mutable);
  else if (typeof value === 'string') set(spot, random.pick(WORDS) as unknown as Mutable);
  else set(spot, random.pick(STRANGE));
}

const INDEX_FIELDS = new Set(['variable', 'index', 'unit', 'shared', 'import', 'member', 'callee', 'parameterCount']);

function changeIndex(random: Random, spots: readonly Spot[]): void {
  const indexes = spots.filter(
    (s) => typeof (at(s) as unknown) === 'number' && (INDEX_FIELDS.has(String(s.key)) || Array.isArray(s.parent)),
  );
  if (indexes.length > 0) set(random.pick(indexes), random.below(12) as unknown as Mutable);
}

/** Exchanges two parts of the same sort. */
function exchange(random: Random, spots: readonly Spot[], others: readonly Spot[]): void {
  const first = random.pick(spots);
  const same = others.filter((s) => sortOf(at(s)) === sortOf(at(first)));
  const second = random.pick(same);
  const [a, b] = [structuredClone(at(first)), structuredClone(at(second))];
  set(first, b);
  set(second, a);
}

function graft(random: Random, spots: readonly Spot[], from: readonly Spot[]): void {
  const spot = random.pick(spots.filter((s) => isContainer(at(s))));
  const same = from.filter((s) => sortOf(at(s)) === sortOf(at(spot)));
  if (same.length > 0) set(spot, structuredClone(at(random.pick(same))));
}

function changeList(random: Random, spots: readonly Spot[]): void {
  const lists = spots.map(at).filter((v) => Array.isArray(v) && v.length > 0);
  if (lists.length === 0) return;
  const list = random.pick(lists) as unknown as Mutable[];
  const index = random.below(list.length);
  random.weighted<void>([
    [1, () => list.splice(index, 1)],
    [1, () => list.splice(index, 0, structuredClone(random.pick(list)))],
    [1, () => list.reverse()],
  ]);
}

function removeSpot({ parent, key }: Spot): void {
  if (Array.isArray(parent)) (parent as unknown as Mutable[]).splice(Number(key), 1);
  else delete (parent as { [field: string]: Mutable })[key];
}

/** Expressions go for expressions, statements for statements, and so on. */
function sortOf(value: Mutable): string {
  if (!isContainer(value)) return typeof value;
  if (Array.isArray(value)) return 'list';
  const kind = value['kind'] as unknown;
  if (typeof kind !== 'string') return Object.keys(value).join();
  return STATEMENTS.has(kind)
    ? 'statement'
    : /^(?:Static|Computed|Dynamic|lambda|function|transform)$/.test(kind)
      ? kind
      : 'expression';
}

const STATEMENTS = new Set(
  'Let SetVariable SetPath AppendVariable AppendPath Modify SharedWrite OutputRecord OutputValue If ForEach TryStatement Return Abort Throw Evaluate'.split(
    ' ',
  ),
);

function spotsOf(root: Mutable): readonly Spot[] {
  const spots: Spot[] = [];
  const pending: Mutable[] = [root];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const key of Object.keys(parent)) {
      const spot = { parent, key };
      spots.push(spot);
      if (isContainer(at(spot))) pending.push(at(spot));
    }
  }
  return spots;
}

function at({ parent, key }: Spot): Mutable {
  return (parent as { [field: string]: Mutable })[key] as Mutable;
}

function set({ parent, key }: Spot, value: Mutable): void {
  (parent as { [field: string]: Mutable })[key] = value;
}

function isContainer(value: unknown): value is Mutable {
  return typeof value === 'object' && value !== null;
}
