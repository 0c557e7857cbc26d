/** Functions on containers of either kind. No argument is changed; results are new containers that share the elements. */
import type { NativeContext } from '../link/native.ts';
import { allocateList } from '../value/charges.ts';
import { argumentFault, stateFault } from '../value/fault.ts';
import { listOfSet } from '../value/iterate.ts';
import { isList, isObject, kindOf, typeWord, type Value } from '../value/kinds.ts';
import { BYTES } from '../value/meter.ts';
import { writeKey } from '../value/path.ts';
import { Sequence } from '../value/sequence.ts';
import { SharedHandle } from '../value/shared-handle.ts';
import { indexArgument, refuse } from './arguments.ts';
import { hasKey, keysOf, valueAt, withEntry, withoutKey } from './objects.ts';
import { impliedRows, nativeRows } from './rows.ts';
import { walk } from './walk.ts';

function keys(context: NativeContext, value: Value): Value {
  if (isObject(value)) return keysOf(context, value);
  if (isList(value)) {
    allocateList(context, value.length);
    const indexes: number[] = [];
    for (let i = 0; i < value.length; i++) indexes.push(i);
    return indexes;
  }
  if (value instanceof SharedHandle) {
    const resource = SharedHandle.nameOf(value);
    if (context.shared === null) throw stateFault('MR6018', 'SharedStore is not configured');
    if (!context.shared.hasResource(resource)) throw stateFault('MR6018', `Unknown shared resource: ${resource}`);
    const names = [...context.shared.keys(resource)];
    allocateList(context, names.length);
    return names;
  }
  throw refuse('KEYS: arg must be list or object');
}

function values(context: NativeContext, value: Value): Value {
  if (!isObject(value)) throw refuse('VALUES: arg must be object');
  const names = keysOf(context, value);
  allocateList(context, names.length);
  return names.map((key) => valueAt(value, key) ?? null);
}

function entries(context: NativeContext, value: Value): Value {
  if (!isObject(value)) throw refuse('ENTRIES: arg must be object');
  const names = keysOf(context, value);
  context.charge(2 * names.length);
  context.allocate(names.length * (BYTES.listSlot + BYTES.record + 2 * BYTES.recordField));
  return names.map((key) => ({ key, value: valueAt(value, key) ?? null }));
}

function put(context: NativeContext, target: Value, at: Value, value: Value): Value {
  if (isObject(target)) return withEntry(context, target, writeKey(context, at), value);
  if (!isList(target)) throw refuse('PUT: unsupported collection');
  const index = indexArgument(at);
  if (index < 0 || index > target.length) {
    const message = `PUT: index ${index} out of bounds 0..${target.length}`;
    throw index < 0 ? argumentFault('MR6004', message) : stateFault('MR6004', message);
  }
  const copy = copyOf(context, target, 1);
  if (index === copy.length) copy.push(value);
  else copy[index] = value;
  return copy;
}

function remove(context: NativeContext, target: Value, at: Value): Value {
  if (isObject(target)) return withoutKey(context, target, writeKey(context, at));
  if (!isList(target)) throw refuse('DELETE: unsupported collection');
  const index = indexArgument(at);
  if (index < 0 || index >= target.length) {
    throw argumentFault('MR6004', `DELETE: index ${index} out of bounds 0..${target.length - 1}`);
  }
  allocateList(context, target.length - 1);
  const copy: Value[] = [];
  for (let i = 0; i < target.length; i++) if (i !== index) copy.push(target[i] ?? null);
  return copy;
}

function get(context: NativeContext, object: Value, key: Value, fallback: Value): Value {
  if (!isObject(object)) throw refuse('GET: first arg must be object');
  const name = writeKey(context, key);
  return (hasKey(object, name) ? valueAt(object, name) : fallback) ?? null;
}

function append(context: NativeContext, list: Value, value: Value): Value {
  if (!isList(list)) throw refuse('APPEND: first arg must be list');
  const copy = copyOf(context, list, 1);
  copy.push(value);
  return copy;
}

function prepend(context: NativeContext, list: Value, value: Value): Value {
  if (!isList(list)) throw refuse('PREPEND: first arg must be list');
  allocateList(context, list.length + 1);
  const copy: Value[] = [value];
  for (let i = 0; i < list.length; i++) copy.push(list[i] ?? null);
  return copy;
}

/** A copy that is charged for `extra` more elements, which the caller adds. */
function copyOf(context: NativeContext, list: readonly Value[], extra: number): Value[] {
  allocateList(context, list.length + extra);
  const copy: Value[] = [];
  for (let i = 0; i < list.length; i++) copy.push(list[i] ?? null);
  return copy;
}

function collect(context: NativeContext, value: Value): Value {
  if (isList(value)) return copyOf(context, value, 0);
  if (kindOf(value) === 'set') return listOfSet(context, value as ReadonlySet<Value>);
  if (!(value instanceof Sequence)) throw refuse(`COLLECT: arg must be iterable/sequence, got ${typeWord(value)}`);
  const list: Value[] = [];
  context.allocate(BYTES.list);
  const iterator = Sequence.iterate(value, context);
  for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
    context.allocate(BYTES.listSlot);
    list.push(step.value);
  }
  return list;
}

function listify(context: NativeContext, value: Value): Value {
  if (isList(value)) return value;
  if (value === null || value === undefined) {
    allocateList(context, 0);
    return [];
  }
  if (!isObject(value)) throw refuse('LISTIFY: arg must be list, object, or null');
  allocateList(context, 1);
  return [value];
}

export const CORE_ROWS = [
  ...nativeRows('core', [
    {
      name: 'KEYS',
      usage: 'KEYS(coll)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The keys of an object in order, or the indexes of a list.',
      examples: [
        ['KEYS({b: 1, a: 2})', '["b","a"]'],
        ['KEYS([7, 8])', '[0,1]'],
        ['KEYS("abc")', '✗ KEYS: arg must be list or object'],
      ],
      cost: 5,
      borrows: true,
      call: keys,
    },
    {
      name: 'VALUES',
      usage: 'VALUES(obj)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'The values of an object in the order of its keys.',
      examples: [
        ['VALUES({a: 1, b: null})', '[1,null]'],
        ['VALUES([1])', '✗ VALUES: arg must be object'],
      ],
      cost: 5,
      borrows: false,
      call: values,
    },
    {
      name: 'ENTRIES',
      usage: 'ENTRIES(obj)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'A list of objects with `key` and `value`, one for each entry of an object.',
      examples: [
        ['ENTRIES({a: 1, 2: "x"})', '[{"key":"a","value":1},{"key":2,"value":"x"}]'],
        ['ENTRIES(null)', '✗ ENTRIES: arg must be object'],
      ],
      cost: 5,
      borrows: false,
      call: entries,
    },
    {
      name: 'PUT',
      usage: 'PUT(coll, key, value)',
      minArgs: 3,
      maxArgs: 3,
      doc: 'A copy of an object or list with one entry or element set, or added at the end.',
      examples: [
        ['PUT({a: 1, c: 0}, "a", 2)', '{"a":2,"c":0}'],
        ['PUT([1, 2], 2, 9)', '[1,2,9]'],
        ['PUT([1, 2], 3, 9)', '✗ PUT: index 3 out of bounds 0..2'],
        ['PUT({}, -1, 0)', '✗ Object key must be non-negative'],
      ],
      cost: 8,
      borrows: false,
      call: put,
    },
    {
      name: 'DELETE',
      usage: 'DELETE(coll, key)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'A copy of an object without a key (which may be absent), or of a list without an element.',
      examples: [
        ['DELETE({a: 1, b: 2}, "a")', '{"b":2}'],
        ['DELETE([1, 2, 3], 1)', '[1,3]'],
        ['DELETE([1, 2], 2)', '✗ DELETE: index 2 out of bounds 0..1'],
      ],
      cost: 8,
      borrows: false,
      call: remove,
    },
    {
      name: 'WALK',
      usage: 'WALK(tree)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'All nodes of a tree, parents first, as objects with `path`, `key`, `value`, `depth` and `isLeaf`; made one by one as they are read.',
      examples: [
        ['COLLECT(WALK(5))', '[{"path":[],"key":null,"value":5,"depth":0,"isLeaf":true}]'],
        ['[e.key FOR EACH e IN WALK([5])]', '[null,0]'],
        ['MAP(COLLECT(WALK({x: {y: 1}})), (n) -> JOIN(n.path, "."))', '["","x","x.y"]'],
      ],
      cost: 5,
      borrows: false,
      call: (_context, tree) => walk(tree),
    },
    {
      name: 'APPEND',
      usage: 'APPEND(list, value)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'A new list with the value at its end.',
      examples: [
        ['APPEND([1], [2])', '[1,[2]]'],
        ['APPEND(null, 1)', '✗ APPEND: first arg must be list'],
      ],
      cost: 5,
      borrows: false,
      call: append,
    },
    {
      name: 'PREPEND',
      usage: 'PREPEND(list, value)',
      minArgs: 2,
      maxArgs: 2,
      doc: 'A new list with the value at its start.',
      examples: [
        ['PREPEND([1], 0)', '[0,1]'],
        ['PREPEND({}, 1)', '✗ PREPEND: first arg must be list'],
      ],
      cost: 5,
      borrows: false,
      call: prepend,
    },
    {
      name: 'COLLECT',
      usage: 'COLLECT(iterable)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'A list of all elements of a sequence, list or set.',
      examples: [
        ['COLLECT([1, 2])', '[1,2]'],
        ['COLLECT("abc")', '✗ COLLECT: arg must be iterable/sequence, got String'],
      ],
      cost: 5,
      borrows: false,
      call: collect,
    },
    {
      name: 'IS_OBJECT',
      usage: 'IS_OBJECT(x)',
      minArgs: 0,
      maxArgs: Number.POSITIVE_INFINITY,
      doc: 'Whether the value is an object; false without a value.',
      examples: [
        ['IS_OBJECT({})', 'true'],
        ['IS_OBJECT([])', 'false'],
        ['IS_OBJECT()', 'false'],
      ],
      cost: 2,
      borrows: true,
      call: (_context, value) => isObject(value),
    },
    {
      name: 'LISTIFY',
      usage: 'LISTIFY(x)',
      minArgs: 1,
      maxArgs: 1,
      doc: 'A list as it is, an object as the only element of a list, null as the empty list.',
      examples: [
        ['LISTIFY({a: 1})', '[{"a":1}]'],
        ['LISTIFY(null)', '[]'],
        ['LISTIFY("s")', '✗ LISTIFY: arg must be list, object, or null'],
      ],
      cost: 3,
      borrows: false,
      call: listify,
    },
    {
      name: 'GET',
      usage: 'GET(obj, key[, default])',
      minArgs: 2,
      maxArgs: 3,
      doc: 'The value of a key that is present, otherwise the default or null.',
      examples: [
        ['GET({a: null}, "a", 7)', 'null'],
        ['GET({a: 1}, "b", 7)', '7'],
        ['GET([1], 0)', '✗ GET: first arg must be object'],
      ],
      cost: 4,
      borrows: false,
      call: get,
    },
  ]),
  ...impliedRows('core', [
    {
      name: 'PRINT',
      usage: 'PRINT(x, ...)',
      minArgs: 0,
      maxArgs: Number.POSITIVE_INFINITY,
      doc: 'Prints each argument on a line of its own and returns null; needs the capability `host:console`.',
      examples: [
        ['PRINT("x")', 'null'],
        ['PRINT()', 'null'],
      ],
      uri: 'host:console',
      member: 'print',
    },
  ]),
];
