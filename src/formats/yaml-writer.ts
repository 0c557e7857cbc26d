/**
 * Values to YAML that readers of 1.1 and 1.2 understand alike: texts that either would take for something else are
 * quoted. Numbers follow the number mode as in JSON; no anchors are made.
 */
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { encodeBase64 } from '../value/base64.ts';
import { Bytes } from '../value/bytes.ts';
import { Decimal } from '../value/decimal.ts';
import { kindOf, type PlainRecord, type Value } from '../value/kinds.ts';
import { OrderedMap } from '../value/ordered-map.ts';
import { type NumberMode, PrintError } from './json.ts';
import type { NoteLoss } from './losses.ts';
import { sortedElements } from './sets.ts';

export interface YamlWriting {
  readonly numbers: NumberMode;
  readonly note: NoteLoss;
}

/** The printer throws PrintError; the text ends with a line end. */
export async function yamlPrinter({ numbers, note }: YamlWriting): Promise<(value: Value) => string> {
  const { Scalar, stringify } = await import('yaml');
  const quoted = (text: string) => {
    const node = new Scalar(text);
    node.type = 'QUOTE_DOUBLE';
    return node;
  };
  return (value) => {
    const tree = new TreeCopy({ numbers, note, quoted }).copy(value, 0);
    return stringify(tree, {
      aliasDuplicateObjects: false,
      compat: 'yaml-1.1',
      lineWidth: 0,
      customTags: (tags) => [...tags, NUMBER_TAG],
    });
  };
}

/** Characters that the library would leave bare where readers skip them, or take them for line ends. */
const UNUSUAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\p{Surrogate}/u;
/** Blanks at the ends of lines, which the library loses in some blocks. */
const OUTER_BLANK = /^[ \t]|[ \t]$/m;

/** A number by its digits. */
class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const NUMBER_TAG = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value: unknown) => value instanceof Digits,
  resolve: (text: string) => text,
  stringify: (item: { readonly value: unknown }) => (item.value as Digits).text,
} as const;

/** What the library may see: nothing but its own kinds, so that it enumerates no value of a host. */
class TreeCopy {
  readonly #numbers: NumberMode;
  readonly #note: NoteLoss;
  readonly #quoted: (text: string) => unknown;

  constructor(options: YamlWriting & { readonly quoted: (text: string) => unknown }) {
    this.#numbers = options.numbers;
    this.#note = options.note;
    this.#quoted = options.quoted;
  }

  copy(value: Value, depth: number): unknown {
    const kind = kindOf(value);
    switch (kind) {
      case 'null':
        return null;
      case 'boolean':
        return value;
      case 'text':
        return this.#text(value as string);
      case 'number':
        if (!Number.isFinite(value)) throw new PrintError('MR6030', `${value} cannot be written`);
        return value;
      case 'bigint':
        return this.#wide(String(value));
      case 'decimal':
        return this.#wide(Decimal.plainTextOf(value as Decimal));
      case 'bytes':
        this.#note('bytes');
        return encodeBase64(Bytes.dataOf(value as Bytes | Uint8Array));
      case 'list':
        return this.#copyList(value as readonly Value[], depth);
      case 'set':
        return this.#copyList(sortedElements(value as ReadonlySet<Value>), depth);
      case 'record':
        return this.#copyEntries(Object.entries(value as PlainRecord), depth);
      case 'map':
        return this.#copyEntries(OrderedMap.entriesOf(value as OrderedMap), depth);
      default:
        throw new PrintError('MR6030', `a ${kind} cannot be written`);
    }
  }

  #copyList(list: readonly Value[], depth: number): unknown[] {
    this.#checkDepth(depth);
    return list.map((item) => this.copy(item, depth + 1));
  }

  /** A Map keeps the order of keys, also of those that look like integers. */
  #copyEntries(entries: Iterable<readonly [unknown, Value]>, depth: number): Map<unknown, unknown> {
    this.#checkDepth(depth);
    const copy = new Map<unknown, unknown>();
    for (const [key, value] of entries) copy.set(this.#text(String(key)), this.copy(value, depth + 1));
    return copy;
  }

  #text(text: string): unknown {
    return UNUSUAL.test(text) || OUTER_BLANK.test(text) ? this.#quoted(text) : text;
  }

  #wide(digits: string): Digits | string {
    if (this.#numbers === 'safe') return digits;
    if (this.#numbers === 'strict') {
      const shown = digits.length > 40 ? `${digits.slice(0, 40)}…` : digits;
      throw new PrintError('MR6024', `strict YAML output cannot encode ${shown} exactly`);
    }
    this.#note('wide-number');
    return new Digits(digits);
  }

  #checkDepth(depth: number): void {
    if (depth < DEFAULT_LIMITS.nesting) return;
    throw new PrintError('MR5006', `a value is nested deeper than ${DEFAULT_LIMITS.nesting} levels`);
  }
}
