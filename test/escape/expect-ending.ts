/** That an attack ended exactly as its row says. */
import { expect } from 'vitest';
import type { Ending, Expected } from './attack.ts';

export function expectEnding(ending: Ending, expected: Expected): void {
  if ('result' in expected) {
    expect(ending).toEqual(expected);
    return;
  }
  expect(ending).toMatchObject({ code: expected.code });
  if ('message' in ending) expect(ending.message).toContain(expected.says);
}
