/**
 * IR → JSON AST in its one canonical form: fields in the order of the table, what JSON cannot say tagged. Promises: decoding
 * gives the same IR, node for node.
 */
import { invariant } from '../base/assert.ts';
import type { IrModule } from './nodes.ts';
import { type FieldType, FORMAT_VERSION, type IrSource, NODES, type NodeName, type Row } from './schema.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };

export interface EncodeOptions {
  /** Of the text that was read; null leaves it and all places out. */
  readonly source: IrSource | null;
}

export function encodeModule(module: IrModule, { source }: EncodeOptions): Json {
  const encoder = new Encoder(source !== null);
  const file: { [field: string]: Json } = { millrace: FORMAT_VERSION };
  if (source !== null) file['source'] = encoder.node('Source', source);
  file['module'] = encoder.node('Module', module);
  return file;
}

/** The text of the file, for people: indented, with a line break at the end. */
export function printModule(module: IrModule, options: EncodeOptions): string {
  return `${JSON.stringify(encodeModule(module, options), null, 1)}\n`;
}

type Loose = { readonly [field: string]: unknown };

class Encoder {
  readonly #hasPlaces: boolean;

  constructor(hasPlaces: boolean) {
    this.#hasPlaces = hasPlaces;
  }

  node(name: NodeName, value: object): Json {
    const spec = NODES[name];
    const from = value as Loose;
    const to: { [field: string]: Json } = {};
    let row: Row | undefined = spec.fields;
    if (spec.kinds !== null) {
      to['kind'] = from['kind'] as string;
      row = spec.kinds.get(to['kind']);
      invariant(row !== undefined, 'the IR has a node of an unknown kind');
    }
    for (const field in row) to[field] = this.#field(row[field] as FieldType, from[field]);
    if (spec.hasPlace && this.#hasPlaces) {
      to['at'] = from['at'] as number;
      to['end'] = from['end'] as number;
    }
    return to;
  }

  #field(type: FieldType, value: unknown): Json {
    switch (type.kind) {
      case 'node':
        return this.node(type.of, value as object);
      case 'list':
        return (value as readonly unknown[]).map((item) => this.#field(type.of, item));
      case 'nullable':
        return value === null ? null : this.#field(type.of, value);
      case 'constant':
      case 'key':
        return encodeConstant(value as null | boolean | number | bigint | string);
      default:
        return value as Json;
    }
  }
}

function encodeConstant(value: null | boolean | number | bigint | string): Json {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value !== 'number') return value;
  const isExact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isExact ? value : { float: String(value) };
}
