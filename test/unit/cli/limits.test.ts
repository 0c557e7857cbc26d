/** `--limit` as typed. */
import { describe, expect, test } from 'vitest';
import { parseLimits } from '../../../src/cli/limits.ts';

describe('limits', () => {
  test.each([
    [[], {}],
    [['fuel=5'], { fuel: 5 }],
    [['fuel=1e6,memory=64mb', 'deadlineMs=1_000'], { fuel: 1_000_000, memory: 64 << 20, deadlineMs: 1000 }],
    [['memory=2KB'], { memory: 2048 }],
    [['fuel=1', 'fuel=2'], { fuel: 2 }],
  ])('%j', (texts, limits) => {
    expect(parseLimits(texts)).toEqual(limits);
  });

  test.each([
    'fuel',
    'fuel=',
    'fuel=0',
    'fuel=-1',
    'fuel=3=4',
    'fuel=1.5',
    'fuel=1e99',
    'fuel=2mb',
    'fuel=0x10',
    'fuel=Infinity',
    'toString=1',
    '=1',
    '',
  ])('%j is refused', (text) => {
    expect(() => parseLimits([text])).toThrow(/limit/);
  });
});
