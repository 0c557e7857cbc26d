/**
 * Functions that put the elements of a list in order or into groups by what a function makes of each. The function is
 * called in the language (a prelude); a helper in JavaScript then works on the elements and their keys.
 */
import type { NativeContext, NativeRow } from '../link/native.ts';
import { chargeBuilding } from '../value/charges.ts';
import { DistinctSet } from '../value/compare.ts';
import type { Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { makeObject } from '../value/path.ts';
import { DISTINCT_FUEL } from './arrays.ts';
import { KeyIndex, keyFrom } from './key-index.ts';
import { nativeRows, ours, preludeRows } from './rows.ts';
import { sortedByKeys } from './sorting.ts';

/** For making a list; its elements are charged as they come. */
const GROUP_FUEL = 8;

/** What the helpers are given: a list, and the results of the function, one for each element. */
type Elements = readonly Value[];

function groupBy(context: NativeContext, list: Elements, results: Elements): Value {
  const index = new KeyIndex(context);
  const groups: Value[][] = [];
  for (let i = 0; i < list.length; i++) {
    const place = index.placeOf(keyFrom(context, 'GROUP_BY', results[i]));
    if (place === groups.length) {
      context.charge(GROUP_FUEL);
      context.allocate(BYTES.list);
      groups.push([]);
    }
    context.allocate(BYTES.listSlot);
    groups[place].push(list[i] ?? null);
  }
  chargeBuilding(context, groups.length);
  return makeObject(context, index.keys, groups);
}

function indexBy(context: NativeContext, list: Elements, results: Elements): Value {
  chargeBuilding(context, list.length);
  context.allocate(BYTES.listSlot * list.length);
  const keys = results.map((result) => keyFrom(context, 'INDEX_BY', result));
  return makeObject(context, keys, list);
}

function uniqueBy(context: NativeContext, list: Elements, results: Elements): Value {
  const seen = new DistinctSet(context);
  const kept: Value[] = [];
  context.allocate(BYTES.list);
  for (let i = 0; i < list.length; i++) {
    context.charge(DISTINCT_FUEL);
    if (!seen.add(results[i] ?? null)) continue;
    context.allocate(BYTES.listSlot);
    kept.push(list[i] ?? null);
  }
  return kept;
}

function helperRows(
  rows: readonly (Pick<NativeRow, 'name' | 'doc'> & {
    readonly call: (context: NativeContext, list: Elements, results: Elements) => Value;
  })[],
): readonly NativeRow[] {
  return nativeRows(
    'prelude',
    rows.map(({ name, doc, call }) => ({
      name,
      usage: `${name}(list, results)`,
      minArgs: 2,
      maxArgs: 2,
      doc,
      examples: [],
      cost: 10,
      borrows: false,
      call: (context, list, results) => call(context, list as Elements, results as Elements),
    })),
  );
}

export const GROUPING_HELPER_ROWS: readonly NativeRow[] = helperRows([
  { name: 'std.groupBy', doc: 'The elements in lists under their keys.', call: groupBy },
  { name: 'std.indexBy', doc: 'The elements under their keys.', call: indexBy },
  { name: 'std.sortBy', doc: 'The elements in the order of their keys.', call: sortedByKeys },
  { name: 'std.uniqueBy', doc: 'The first element with each key.', call: uniqueBy },
]);

/** A function of a list and a function, whose work is that of a helper. */
function byResults(name: string, helper: string): string {
  return `FUNC ${name}(list, fn) {
  \`std.checkList\`("${name}", 1, list);
  \`std.checkFunction\`("${name}", 2, fn);
  RETURN \`${helper}\`(list, MAP(list, fn));
}`;
}

export const GROUPING_ROWS = ours(
  preludeRows('higher-order', [
    {
      name: 'GROUP_BY',
      usage: 'GROUP_BY(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'An object of lists: the elements under the key (a text, or an integer that is not negative) that the function, called with element, index and list, gives for each.',
      examples: [
        ['GROUP_BY(["ant", "bee", "asp"], (w) -> SUBSTRING(w, 0, 1))', '{"a":["ant","asp"],"b":["bee"]}'],
        ['GROUP_BY([5, 6, 7], (x) -> x % 2)', '{"0":[6],"1":[5,7]}'],
        ['GROUP_BY([1], (x) -> null)', '✗ GROUP_BY: key must be string or non-negative integer, got null'],
        ['GROUP_BY({}, (x) -> x)', '✗ GROUP_BY: arg 1 must be list'],
      ],
      source: byResults('GROUP_BY', 'std.groupBy'),
    },
    {
      name: 'INDEX_BY',
      usage: 'INDEX_BY(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'An object of elements: each under the key that the function, called with element, index and list, gives for it; the last one of those with the same key.',
      examples: [
        ['INDEX_BY([{id: "a", n: 1}, {id: "b", n: 2}], (x) -> x.id).b.n', '2'],
        ['INDEX_BY([1, 2, 3], (x) -> IF x > 1 THEN "many" ELSE "one")', '{"one":1,"many":3}'],
        ['INDEX_BY([1], (x) -> 0.5)', '✗ INDEX_BY: key must be string or non-negative integer, got Double'],
      ],
      source: byResults('INDEX_BY', 'std.indexBy'),
    },
    {
      name: 'SORT_BY',
      usage: 'SORT_BY(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The elements in ascending order, as SORT has it, of what the function, called with element, index and list, gives for each; equals stay in their order.',
      examples: [
        ['SORT_BY(["ccc", "a", "bb"], (w) -> LENGTH(w))', '["a","bb","ccc"]'],
        ['SORT_BY([{n: 1, k: "x"}, {n: 2, k: "x"}, {n: 3, k: "b"}], (o) -> o.k)[0].n', '3'],
        ['SORT_BY([1, 3, 2], (x) -> 0 - x)', '[3,2,1]'],
        ['SORT_BY([1], "n")', '✗ SORT_BY: arg 2 must be function'],
      ],
      source: byResults('SORT_BY', 'std.sortBy'),
    },
    {
      name: 'UNIQUE_BY',
      usage: 'UNIQUE_BY(list, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'The first element for each different result of the function, called with element, index and list; results are compared as by DISTINCT.',
      examples: [
        ['UNIQUE_BY(["ant", "bee", "asp"], (w) -> SUBSTRING(w, 0, 1))', '["ant","bee"]'],
        ['UNIQUE_BY([{a: [1]}, {a: [1]}, {a: null}], (x) -> x.a)', '[{"a":[1]},{"a":null}]'],
        ['UNIQUE_BY(null, (x) -> x)', '✗ UNIQUE_BY: arg 1 must be list'],
      ],
      source: byResults('UNIQUE_BY', 'std.uniqueBy'),
    },
    {
      name: 'MAP_VALUES',
      usage: 'MAP_VALUES(obj, fn)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'An object with the same keys, and for each the result of the function, called with value, key and object.',
      examples: [
        ['MAP_VALUES({a: 1, b: 2}, (v) -> v * 10)', '{"a":10,"b":20}'],
        ['MAP_VALUES({a: 1, b: 2}, (v, k) -> k + v)', '{"a":"a1","b":"b2"}'],
        ['MAP_VALUES([1], (v) -> v)', '✗ MAP_VALUES: arg 1 must be object'],
      ],
      source: `FUNC MAP_VALUES(obj, fn) {
  \`std.checkObject\`("MAP_VALUES", 1, obj);
  \`std.checkFunction\`("MAP_VALUES", 2, fn);
  LET out = {};
  FOR EACH key IN KEYS(obj) {
    SET out[key] = fn(GET(obj, key), key, obj);
  }
  RETURN out;
}`,
    },
  ]),
);
