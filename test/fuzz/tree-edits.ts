/** Random changes of a JSON AST: small ones that keep it nearly right, which is where checks have gaps. */
import type { Json } from '../../src/ir/encode.ts';
import type { Random } from './random.ts';

export type Mutable = { [field: string]: Mutable } & Mutable[] & Json;

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

/** Puts an expression into itself so often that a limit of depth is near or passed. */
export function nestDeeply(random: Random, ast: Mutable): void {
  const spots = spotsOf(ast['module'] as Mutable);
  const spot = random.pick(spots.filter((s) => sortOf(at(s)) === 'expression' && isContainer(at(s))));
  if (spot === undefined) return;
  let nested = at(spot);
  for (let depth = random.pick([100, 300, 760, 2_000]); depth > 0; depth--)
    nested = { kind: 'Not', operand: nested } as unknown as Mutable;
  set(spot, nested);
}

function mutateOnce(random: Random, ast: Mutable, donor: Mutable): void {
  const spots = spotsOf(ast['module'] as Mutable);
  // What earlier changes have left may be nothing.
  if (!spots.some((s) => isContainer(at(s)))) return;
  const spot = random.pick(spots);
  const value = at(spot);
  random.weighted<void>([
    [12, () => changeScalar(random, random.pick(spots.filter((s) => !isContainer(at(s)))))],
    [10, () => changeIndex(random, spots)],
    [8, () => exchange(random, spots, spots)],
    [8, () => graft(random, spots, spotsOf(donor['module'] as Mutable))],
    [4, () => changeList(random, spots)],
    [2, () => removeSpot(spot)],
    [2, () => set(spot, copyOf(random.pick(STRANGE)))],
    [1, () => isContainer(value) && !Array.isArray(value) && addField(value, random.pick(FIELDS), 1)],
  ]);
}

const FIELDS = ['at', 'end', 'value', '__proto__', '__proto__x', 'constructor', 'toJSON', 'kind', 'name'];
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

function changeScalar(random: Random, spot: Spot | undefined): void {
  if (spot === undefined) return;
  const value = at(spot) as unknown;
  if (typeof value === 'boolean') set(spot, !value as unknown as Mutable);
  else if (typeof value === 'number') set(spot, (value + random.pick([-1, 1, 1, 2, 100])) as unknown as Mutable);
  else if (typeof value === 'string') set(spot, random.pick(WORDS) as unknown as Mutable);
  else set(spot, copyOf(random.pick(STRANGE)));
}

/** A field of the object itself, whatever its name. */
function addField(object: Mutable, field: string, value: unknown): void {
  Object.defineProperty(object, field, { value, enumerable: true, configurable: true, writable: true });
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
  const [a, b] = [copyOf(at(first)), copyOf(at(second))];
  set(first, b);
  set(second, a);
}

function graft(random: Random, spots: readonly Spot[], from: readonly Spot[]): void {
  const spot = random.pick(spots.filter((s) => isContainer(at(s))));
  const same = from.filter((s) => sortOf(at(s)) === sortOf(at(spot)));
  if (same.length > 0) set(spot, copyOf(at(random.pick(same))));
}

function changeList(random: Random, spots: readonly Spot[]): void {
  const lists = spots.map(at).filter((v) => Array.isArray(v) && v.length > 0);
  if (lists.length === 0) return;
  const list = random.pick(lists) as unknown as Mutable[];
  const index = random.below(list.length);
  random.weighted<void>([
    [1, () => list.splice(index, 1)],
    [1, () => list.splice(index, 0, copyOf(random.pick(list)))],
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

/** Faster than structuredClone, and these are values of JSON. */
function copyOf(value: Mutable): Mutable {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as Mutable);
}

function isContainer(value: unknown): value is Mutable {
  return typeof value === 'object' && value !== null;
}
