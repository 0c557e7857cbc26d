/** The text of one scalar in formats whose values are texts (XML, CSV). */
import { encodeBase64 } from '../value/base64.ts';
import { Bytes } from '../value/bytes.ts';
import { Decimal } from '../value/decimal.ts';
import { kindOf, type Value } from '../value/kinds.ts';
import { PrintError } from './json.ts';
import type { NoteLoss } from './losses.ts';

/** Undefined for null and for containers. @throws PrintError for what has no text. */
export function scalarText(value: Value, note: NoteLoss): string | undefined {
  const kind = kindOf(value);
  switch (kind) {
    case 'text':
      return value as string;
    case 'number':
      if (!Number.isFinite(value)) throw new PrintError('MR6030', `${value} cannot be written`);
      return String(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'decimal':
      return Decimal.plainTextOf(value as Decimal);
    case 'bytes':
      note('bytes');
      return encodeBase64(Bytes.dataOf(value as Bytes | Uint8Array));
    case 'null':
    case 'list':
    case 'set':
    case 'record':
    case 'map':
      return undefined;
    default:
      throw new PrintError('MR6030', `a ${kind} cannot be written`);
  }
}
