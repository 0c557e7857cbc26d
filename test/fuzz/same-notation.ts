/** Whether two values have the same notation, found out without writing it. */
import { notationText } from '../../src/formats/notation.ts';

export function hasSameNotation(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return typeof one === typeof other && Object.is(one, other);
  if (Array.isArray(one)) return Array.isArray(other) && haveSameElements(one, other);
  if (isPlain(one) && isPlain(other)) return haveSameFields(one, other);
  return notationText(one) === notationText(other);
}

function isPlain(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function haveSameElements(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (!hasSameNotation(one[i], other[i])) return false;
  return true;
}

function haveSameFields(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const keys = Object.keys(one);
  const others = Object.keys(other);
  if (keys.length !== others.length) return false;
  for (const [i, key] of keys.entries()) if (key !== others[i] || !hasSameNotation(one[key], other[key])) return false;
  return true;
}
