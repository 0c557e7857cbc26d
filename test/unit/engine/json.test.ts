/** JSON as hosts read it: what is wrong with a text is an error of the family, with its place. */
import { describe, expect, it } from 'vitest';
import { MillraceError, parse } from '../../../src/index.ts';

function failure(text: string): MillraceError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error('the text was read');
}

describe('a text that is not JSON', () => {
  it('is refused with code, place and frame', () => {
    const error = failure('{\n  "a": 1,\n  b: 2\n}');
    expect(error.code).toBe('MR6025');
    expect(error.message).toBe('expected a key in quotes, found "b" at line 3, column 3');
    expect(error.position).toEqual({ line: 3, column: 3 });
    expect(String(error)).toBe(
      [
        'error[MR6025]: expected a key in quotes, found "b"',
        '  ┌─ JSON:3:3',
        '  │',
        '3 │   b: 2',
        '  │   ^',
        '  │',
        'more: src/ERRORS.md#mr6025',
      ].join('\n'),
    );
  });

  it('may be one that ends too early, or is too deep', () => {
    expect(failure('{"a":').position).toEqual({ line: 1, column: 6 });
    expect(failure('['.repeat(1_000_000)).message).toContain('nested deeper than 256 levels');
  });
});
