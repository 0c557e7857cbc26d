/**
 * YAML 1.2 (core schema) to values, with JSON's rules for numbers and keys. Merge keys (`<<`), which 1.2 no longer has but
 * files do, are followed.
 *
 * Security: depth is bounded before anything recurses; what aliases bring in is counted as if it were written out, and
 * bounded; keys are texts and become own properties.
 */
import type { Alias, CST, LineCounter, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { numericKeyOf } from '../value/json-reader.ts';
import type { PlainRecord, Value } from '../value/kinds.ts';
import { type MapKey, OrderedMap } from '../value/ordered-map.ts';
import { setOwn } from '../value/path.ts';
import { FormatError, shown } from './format-error.ts';
import { type JsonReading, readJson } from './json.ts';
import type { NoteLoss } from './losses.ts';

type Yaml = typeof import('yaml');

/** Of a configuration with many anchors there is room; of a bomb there is not. */
const MAX_ALIASED_NODES = 100_000;
const DECIMAL_NUMBER = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

export async function yamlReader(options: JsonReading, note: NoteLoss): Promise<(text: string) => Value> {
  const yaml = await import('yaml');
  return (text) => {
    const lines = new yaml.LineCounter();
    const tokens = [...new yaml.Parser(lines.addNewLine).parse(text)];
    checkDepth(tokens, lines);
    const composer = new yaml.Composer({ intAsBigInt: true, keepSourceTokens: false });
    const documents = [...composer.compose(tokens, true, text.length)];
    for (const { errors, warnings } of documents) {
      const [error] = errors;
      if (error !== undefined) throw errorAt(lines, error.pos[0], factOf(error.message));
      if (warnings.length > 0) note('yaml-tag');
    }
    const [document, second] = documents;
    if (second !== undefined) {
      throw errorAt(lines, second.range?.[0] ?? 0, 'a second document starts here; one value is read of a text');
    }
    if (document === undefined || document.contents === null) return null;
    return new YamlWalk(yaml, lines, options).read(document.contents as Node);
  };
}

/** Over the tokens, because everything behind them recurses. */
function checkDepth(tokens: readonly CST.Token[], lines: LineCounter): void {
  const limit = DEFAULT_LIMITS.nesting;
  const open: { readonly token: CST.Token | null | undefined; readonly depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token === null || token === undefined) continue;
    if (token.type === 'document') {
      open.push({ token: token.value, depth });
    } else if ('items' in token) {
      if (depth >= limit) throw errorAt(lines, token.offset, `nested deeper than ${limit} levels`);
      for (const { key, value } of token.items) {
        open.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
      }
    }
  }
}

class YamlWalk {
  readonly #yaml: Yaml;
  readonly #lines: LineCounter;
  readonly #options: JsonReading;
  /** What the latest node with an anchor is, and how many nodes that is when written out; null while it is being read. */
  readonly #anchored = new Map<string, { readonly value: Value; readonly nodes: number } | null>();
  #nodeCount = 0;
  #aliasedCount = 0;

  constructor(yaml: Yaml, lines: LineCounter, options: JsonReading) {
    this.#yaml = yaml;
    this.#lines = lines;
    this.#options = options;
  }

  read(node: Node): Value {
    return this.#read(node, 0);
  }

  #read(node: Node | null, depth: number): Value {
    if (node === null) return null;
    if (this.#yaml.isAlias(node)) return this.#readAlias(node);
    const before = this.#nodeCount++;
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchored.set(anchor, null);
    const value = this.#readNode(node, depth);
    if (anchor !== undefined) this.#anchored.set(anchor, { value, nodes: this.#nodeCount - before });
    return value;
  }

  #readNode(node: Node, depth: number): Value {
    if (this.#yaml.isScalar(node)) return this.#readScalar(node);
    if (this.#yaml.isSeq(node)) return node.items.map((item) => this.#read(item as Node | null, depth + 1));
    return this.#readMap(node as YAMLMap<Node, Node | null>, depth);
  }

  #readAlias(alias: Alias): Value {
    const found = this.#anchored.get(alias.source);
    if (found === undefined) throw this.#error(alias, `there is no anchor ${shown(alias.source)} before`);
    if (found === null) throw this.#error(alias, `${shown(`*${alias.source}`)} stands inside what it names`);
    this.#aliasedCount += found.nodes;
    this.#nodeCount += found.nodes;
    if (this.#aliasedCount > MAX_ALIASED_NODES) {
      throw this.#error(alias, `aliases stand for more than ${MAX_ALIASED_NODES} values`);
    }
    return found.value;
  }

  #readMap(map: YAMLMap<Node, Node | null>, depth: number): Value {
    const entries = new Map<MapKey, Value>();
    const merged: Value[] = [];
    for (const pair of map.items) {
      if (this.#isMerge(pair)) {
        const value = this.#read(pair.value, depth);
        merged.push(...(Array.isArray(value) ? value : [value]));
        if (!merged.every(isMapping)) throw this.#error(pair.key, 'a merge key takes objects');
      } else {
        entries.set(this.#keyOf(pair.key, depth), this.#read(pair.value, depth + 1));
      }
    }
    for (const base of merged) {
      for (const [key, value] of entriesOf(base as PlainRecord | OrderedMap)) {
        if (!entries.has(key)) entries.set(key, value);
      }
    }
    if ([...entries.keys()].some((key) => typeof key !== 'string')) return new OrderedMap(entries);
    const record: PlainRecord = {};
    for (const [key, value] of entries) setOwn(record, key as string, value);
    return record;
  }

  #isMerge(pair: Pair<Node, Node | null>): boolean {
    return this.#yaml.isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.source === '<<';
  }

  #keyOf(key: Node | null, depth: number): MapKey {
    if (this.#yaml.isAlias(key)) {
      const value = this.#readAlias(key);
      if (typeof value === 'string') return value;
    }
    if (!this.#yaml.isScalar(key)) throw this.#error(key, 'a key must be a text or a number');
    this.#read(key, depth);
    const text = key.source ?? String(key.value);
    const isNumber = typeof key.value === 'bigint' || typeof key.value === 'number';
    return this.#options.numericKeys && depth > 0 && isNumber ? numericKeyOf(text) : text;
  }

  #readScalar(node: Scalar): Value {
    const { value } = node;
    if (typeof value !== 'number' && typeof value !== 'bigint') return value ?? null;
    const source = node.source ?? String(value);
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    const place = { line, column: col };
    if (DECIMAL_NUMBER.test(source)) return readJson(jsonNumber(source), this.#options, place);
    if (typeof value === 'bigint') return readJson(value.toString(), this.#options, place);
    throw this.#error(node, `${source} is no number that programs have`);
  }

  #error(node: Node | null, fact: string): FormatError {
    return errorAt(this.#lines, node?.range?.[0] ?? 0, fact);
  }
}

/** The same number as JSON writes it: no plus, no leading zeros, digits on both sides of the point. */
function jsonNumber(source: string): string {
  const sign = source.startsWith('-') ? '-' : '';
  const [mantissa, exponent] = source.replace(/^[-+]/, '').split(/[eE]/);
  const [whole, fraction] = mantissa.split('.');
  const digits = whole.replace(/^0+(?=[0-9])/, '') || '0';
  const point = fraction === undefined || fraction === '' ? '' : `.${fraction}`;
  return `${sign}${digits}${point}${exponent === undefined ? '' : `e${exponent}`}`;
}

function isMapping(value: Value): boolean {
  return value instanceof OrderedMap || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

function entriesOf(object: PlainRecord | OrderedMap): Iterable<readonly [MapKey, Value]> {
  return object instanceof OrderedMap ? OrderedMap.entriesOf(object) : Object.entries(object);
}

/** The first line of the parser's message, which speaks of its own API at times. */
function factOf(message: string): string {
  return message.split('\n', 1)[0].replace(/; please use .*/, '');
}

function errorAt(lines: LineCounter, offset: number, fact: string): FormatError {
  const { line, col } = lines.linePos(offset);
  return new FormatError(fact, Math.max(1, line), Math.max(1, col));
}
