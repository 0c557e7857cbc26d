/** Lines of a stream: the same however the chunks fall, and bounded. */
import { describe, expect, test } from 'vitest';
import { LineError, LineReader } from '../../../src/formats/lines.ts';

function read(bytes: Uint8Array, chunkSize: number, limit?: number): readonly string[] {
  const reader = new LineReader(limit);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) lines.push(...reader.push(bytes.subarray(at, at + chunkSize)));
  return [...lines, ...reader.finish()];
}

describe('lines', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['\n\na\n', ['', '', 'a']],
    ['é\n日本語\n𝄞𝄞\n\ufeffx', ['é', '日本語', '𝄞𝄞', '\ufeffx']],
    ['\ufefffirst\nsecond', ['first', 'second']],
  ];
  test.each(cases)('%j', (text, lines) => {
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 5, 100]) expect(read(bytes, size)).toEqual(lines);
  });

  test('a line that is too long is refused before it is whole', () => {
    const bytes = new TextEncoder().encode(`ok\n${'x'.repeat(100)}`);
    expect(errorOf(() => read(bytes, 10, 50))).toEqual({ line: 2, message: 'the line is longer than 50 bytes' });
  });

  test('bytes that are not UTF-8 are refused with their line', () => {
    const bytes = Uint8Array.of(0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a, 0x63);
    for (const size of [1, 2, 100])
      expect(errorOf(() => read(bytes, size))).toEqual({ line: 3, message: 'the line is not UTF-8' });
  });

  test('the good lines of a chunk come before its error', () => {
    const reader = new LineReader();
    expect(reader.push(Uint8Array.of(0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a, 0x63))).toEqual(['a', 'b']);
    expect(errorOf(() => reader.push(new Uint8Array(0)))).toEqual({ line: 3, message: 'the line is not UTF-8' });
    expect(errorOf(() => reader.finish())).toEqual({ line: 3, message: 'the line is not UTF-8' });
  });
});

function errorOf(work: () => unknown): { line: number; message: string } | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof LineError) return { line: error.line, message: error.message };
    throw error;
  }
  return undefined;
}
