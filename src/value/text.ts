/**
 * The text of a value, as `+`, STRING, JOIN and comparisons of unlike kinds see it. Not JSON: texts stand unquoted,
 * objects print as `{k=v}`, decimals as Java prints them, other numbers as JavaScript does.
 *
 * Every node and every character is charged before it is added. Recursion is bounded by the nesting limit.
 */
import { chargeText, wordsOf } from './bigints.ts';
import { allocateJoined, checkTextLength, FUEL_PER_NODE, nestingOf } from './charges.ts';
import { Decimal } from './decimal.ts';
import { foreignFault, nestingStop } from './fault.ts';
import { elementsOf, sizeOfSet } from './iterate.ts';
import { kindOf, type PlainRecord, type Value } from './kinds.ts';
import { BYTES, type Meter } from './meter.ts';
import { OrderedMap } from './ordered-map.ts';
import { SharedHandle } from './shared-handle.ts';

/** What the text of a number costs. */
export const NUMBER_TEXT = { fuel: 2, bytes: BYTES.stringHeader + 16 } as const;

/** `a + b` on texts. */
export function joinTexts(meter: Meter, a: string, b: string): string {
  allocateJoined(meter, a.length, b.length);
  return a + b;
}

export function textOf(meter: Meter, value: Value): string {
  if (typeof value === 'string') return value;
  return scalarText(meter, value) ?? new ContainerText(meter).print(value);
}

/** The text of what is not a container; undefined for containers. */
function scalarText(meter: Meter, value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      meter.charge(NUMBER_TEXT.fuel);
      meter.allocate(NUMBER_TEXT.bytes);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return 'null';
    case 'bigint':
      chargeText(meter, wordsOf(value));
      return value.toString();
    case 'object':
      if (value === null) return 'null';
      if (!(value instanceof Decimal)) return undefined;
      chargeText(meter, wordsOf(Decimal.unscaledOf(value)));
      return Decimal.textOf(value);
    default:
      throw foreignFault('turned into text');
  }
}

const MAX_PIECES = 256;

class ContainerText {
  readonly #meter: Meter;
  readonly #nesting: number;
  /**
   * Joined when there are many. Why not one text that grows: V8 keeps that in as many parts, each larger than what it says,
   * until somebody reads it.
   */
  readonly #pieces: string[] = [];
  readonly #chunks: string[] = [];
  #length = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
    this.#nesting = nestingOf(meter);
  }

  print(value: Value): string {
    this.#write(value, 0);
    this.#joinPieces();
    return this.#chunks.join('');
  }

  #write(value: Value, depth: number): void {
    this.#meter.charge(2 * FUEL_PER_NODE);
    const scalar = scalarText(this.#meter, value);
    if (scalar !== undefined) {
      this.#append(scalar);
      return;
    }
    if (depth >= this.#nesting) throw nestingStop(this.#nesting);
    switch (kindOf(value)) {
      case 'list':
        this.#writeList(value as readonly Value[], depth);
        return;
      case 'set':
        this.#meter.charge(sizeOfSet(value as ReadonlySet<Value>));
        this.#writeList(elementsOf(value as ReadonlySet<Value>), depth);
        return;
      case 'record':
        this.#writeRecord(value as PlainRecord, depth);
        return;
      case 'map':
        this.#writeMap(value as OrderedMap, depth);
        return;
      case 'bytes':
        this.#append('<bytes>');
        return;
      case 'sequence':
        this.#append('<sequence>');
        return;
      case 'closure':
        this.#append('<function>');
        return;
      case 'handle':
        this.#append(`SharedResourceHandle(name=${SharedHandle.nameOf(value as SharedHandle)})`);
        return;
      default:
        throw foreignFault('turned into text');
    }
  }

  #writeList(list: readonly Value[], depth: number): void {
    this.#append('[');
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.#append(', ');
      this.#write(list[i], depth + 1);
    }
    this.#append(']');
  }

  #writeRecord(record: PlainRecord, depth: number): void {
    const keys = Object.keys(record);
    this.#meter.charge(2 * FUEL_PER_NODE * keys.length);
    this.#append('{');
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (i > 0) this.#append(', ');
      this.#append(key);
      this.#append('=');
      this.#write(record[key], depth + 1);
    }
    this.#append('}');
  }

  #writeMap(map: OrderedMap, depth: number): void {
    let separator = '{';
    for (const [key, part] of OrderedMap.entriesOf(map)) {
      this.#append(separator);
      this.#append(scalarText(this.#meter, key) as string);
      this.#append('=');
      this.#write(part, depth + 1);
      separator = ', ';
    }
    this.#append(separator === '{' ? '{}' : '}');
  }

  #joinPieces(): void {
    this.#chunks.push(this.#pieces.join(''));
    this.#pieces.length = 0;
  }

  #append(piece: string): void {
    this.#length += piece.length;
    checkTextLength(this.#length);
    this.#meter.charge(piece.length >> 5);
    this.#meter.allocate(2 * piece.length);
    if (this.#pieces.push(piece) === MAX_PIECES) this.#joinPieces();
  }
}
