/** A validator of the part of JSON Schema that the published schema uses. */
import type { Json } from '../../../src/ir/encode.ts';

type Schema = { readonly [keyword: string]: Json };

const KNOWN = new Set([
  '$schema',
  '$defs',
  '$ref',
  'title',
  'description',
  'type',
  'const',
  'enum',
  'oneOf',
  'properties',
  'required',
  'additionalProperties',
  'dependentRequired',
  'items',
  'minItems',
  'minimum',
  'maximum',
  'pattern',
]);

export class SchemaValidator {
  readonly #definitions: { readonly [name: string]: Schema };
  readonly #root: Schema;
  readonly #patterns = new Map<string, RegExp>();

  constructor(root: Schema) {
    this.#root = root;
    this.#definitions = root['$defs'] as { readonly [name: string]: Schema };
  }

  accepts(value: unknown, schema = this.#root): boolean {
    for (const keyword in schema) if (!KNOWN.has(keyword)) throw new Error(`unknown keyword ${keyword}`);
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const definition = this.#definitions[reference.replace('#/$defs/', '')];
      if (definition === undefined) throw new Error(`no definition ${reference}`);
      return this.accepts(value, definition);
    }
    if (Array.isArray(schema['oneOf'])) {
      return (schema['oneOf'] as Schema[]).filter((s) => this.#mayBe(value, s) && this.accepts(value, s)).length === 1;
    }
    if ('const' in schema && value !== schema['const']) return false;
    if (Array.isArray(schema['enum']) && !schema['enum'].includes(value as Json)) return false;
    const { type } = schema;
    if (type !== undefined && !(Array.isArray(type) ? type : [type]).some((t) => isOfType(value, String(t))))
      return false;
    if (typeof value === 'number') return this.#isInRange(value, schema);
    if (typeof value === 'string') return this.#matches(value, schema['pattern']);
    if (Array.isArray(value)) return this.#acceptsList(value, schema);
    return typeof value !== 'object' || value === null || this.#acceptsObject(value as Schema, schema);
  }

  /** Only for speed: an alternative with another constant kind cannot be the one. */
  #mayBe(value: unknown, schema: Schema): boolean {
    const kind = /\.(\w+)$/.exec(String(schema['$ref'] ?? ''))?.[1];
    return kind === undefined || (value as Schema | null)?.['kind'] === kind;
  }

  #isInRange(value: number, { minimum, maximum }: Schema): boolean {
    return (minimum === undefined || value >= Number(minimum)) && (maximum === undefined || value <= Number(maximum));
  }

  #matches(value: string, pattern: Json | undefined): boolean {
    if (typeof pattern !== 'string') return true;
    const compiled = this.#patterns.get(pattern) ?? new RegExp(pattern, 'u');
    this.#patterns.set(pattern, compiled);
    return compiled.test(value);
  }

  #acceptsList(value: readonly unknown[], { items, minItems }: Schema): boolean {
    return value.length >= Number(minItems ?? 0) && value.every((item) => this.accepts(item, items as Schema));
  }

  #acceptsObject(value: Schema, schema: Schema): boolean {
    const properties = (schema['properties'] ?? {}) as { readonly [name: string]: Schema };
    const has = (name: Json): boolean => Object.hasOwn(value, String(name));
    if (!((schema['required'] ?? []) as readonly Json[]).every(has)) return false;
    for (const [name, needed] of Object.entries((schema['dependentRequired'] ?? {}) as Schema))
      if (has(name) && !(needed as readonly Json[]).every(has)) return false;
    return Object.keys(value).every(
      (name) => Object.hasOwn(properties, name) && this.accepts(value[name], properties[name] as Schema),
    );
  }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
