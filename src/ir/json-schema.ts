/**
 * The JSON Schema (draft 2020-12) of the JSON AST, from the table. It says the shape; what the language says beyond that is
 * in check.ts. The page `module.schema.json` is rendered from this, and a test compares it with the decoder.
 */
import type { Json } from './encode.ts';
import {
  BIGINT_FORM,
  type FieldType,
  FLOAT_FORM,
  FORMAT_VERSION,
  MAX_INDEX,
  MAX_INT,
  NODES,
  type NodeName,
  type Row,
  TEXT_FORMS,
  type TextForm,
} from './schema.ts';

type Schema = { readonly [keyword: string]: Json };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const PLACE: Schema = { type: 'integer', minimum: 0, maximum: MAX_INT };
const SAFE = Number.MAX_SAFE_INTEGER;

export function renderModuleSchema(): string {
  return `${JSON.stringify(moduleSchema(), null, 2)}\n`;
}

export function moduleSchema(): Schema {
  const definitions: { [name: string]: Schema } = {};
  for (const name of Object.keys(NODES) as NodeName[]) Object.assign(definitions, definitionsOf(name));
  definitions['bigint'] = tagged('bigint', BIGINT_FORM);
  definitions['float'] = tagged('float', FLOAT_FORM);
  return {
    $schema: DRAFT,
    title: 'Millrace module, JSON AST',
    description:
      'Generated from the table of nodes (npm run docs). `at` and `end` are UTF-16 offsets in the text that was compiled; a node without them has the place of the node around it.',
    type: 'object',
    properties: { millrace: { const: FORMAT_VERSION }, source: ref('Source'), module: ref('Module') },
    required: ['millrace', 'module'],
    additionalProperties: false,
    $defs: definitions,
  };
}

function definitionsOf(name: NodeName): { readonly [name: string]: Schema } {
  const { kinds, fields, hasPlace } = NODES[name];
  if (kinds === null) return { [name]: objectOf(fields, {}, hasPlace ? PLACED : {}) };
  const definitions: { [name: string]: Schema } = {};
  for (const [kind, row] of kinds)
    definitions[`${name}.${kind}`] = objectOf(row, { kind: { const: kind } }, hasPlace ? PLACED : {});
  return { [name]: { oneOf: [...kinds.keys()].map((kind) => ref(`${name}.${kind}`)) }, ...definitions };
}

const PLACED: { readonly [name: string]: Schema } = { at: PLACE, end: PLACE };

function objectOf(
  row: Row,
  tag: { readonly [name: string]: Schema },
  place: { readonly [name: string]: Schema },
): Schema {
  const own = Object.fromEntries(Object.entries(row).map(([field, type]) => [field, schemaOf(type)]));
  const required = [...Object.keys(tag), ...Object.keys(own)];
  return {
    type: 'object',
    properties: { ...tag, ...own, ...place },
    ...(required.length === 0 ? {} : { required }),
    ...(place === PLACED ? { dependentRequired: { at: ['end'], end: ['at'] } } : {}),
    additionalProperties: false,
  };
}

function schemaOf(type: FieldType): Schema {
  switch (type.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: 0, maximum: type.max };
    case 'index':
      return { type: 'integer', minimum: 0, maximum: MAX_INDEX };
    case 'choice':
      return { enum: type.values };
    case 'text':
      return textOf(type.form);
    case 'constant':
      return {
        oneOf: [
          { type: ['null', 'boolean', 'string'] },
          { type: 'number', minimum: -SAFE, maximum: SAFE },
          ref('bigint'),
          ref('float'),
        ],
      };
    case 'key':
      return { oneOf: [textOf(type.form), { type: 'integer', minimum: 0, maximum: SAFE }, ref('bigint')] };
    case 'node':
      return ref(type.of);
    case 'list':
      return { type: 'array', items: schemaOf(type.of), ...(type.min === 0 ? {} : { minItems: type.min }) };
    case 'nullable':
      return { oneOf: [{ type: 'null' }, schemaOf(type.of)] };
  }
}

function textOf(form: TextForm): Schema {
  return form === 'any' ? { type: 'string' } : { type: 'string', pattern: TEXT_FORMS[form].source };
}

function tagged(tag: string, form: RegExp): Schema {
  return {
    type: 'object',
    properties: { [tag]: { type: 'string', pattern: form.source } },
    required: [tag],
    additionalProperties: false,
  };
}

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}
