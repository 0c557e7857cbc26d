/** Lines of a stream: the same however the chunks fall, and bounded. */
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/formats/format-error.ts';
import { LineReader } from '../../../src/formats/lines.ts';

/** Lines, and errors as `line: what`. */
function read(bytes: Uint8Array, chunkSize: number, limit?: number): readonly string[] {
  const reader = new LineReader(limit);
  const lines: (string | FormatError)[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) lines.push(...reader.push(bytes.subarray(at, at + chunkSize)));
  lines.push(...reader.finish());
  return lines.map((line) => (line instanceof FormatError ? `${line.line}: ${line.message}` : line));
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

  test('a line that is too long is told with its number, and the next is read', () => {
    const bytes = new TextEncoder().encode(`ok\n${'x'.repeat(100)}\ngood\n${'y'.repeat(100)}`);
    expect(read(bytes, 10, 50)).toEqual([
      'ok',
      '2: the line is longer than 50 bytes',
      'good',
      '4: the line is longer than 50 bytes',
    ]);
  });

  test('a line that is not UTF-8 is told with its number, and the next is read', () => {
    const bytes = Uint8Array.of(0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a, 0x63, 0x0a, 0xc3);
    for (const size of [1, 2, 100])
      expect(read(bytes, size)).toEqual(['a', 'b', '3: the line is not UTF-8', 'c', '5: the line is not UTF-8']);
  });

  test('no more than one line is held, however long it gets', () => {
    const reader = new LineReader(1_000);
    for (let i = 0; i < 1_000; i++) expect(reader.push(new Uint8Array(10_000).fill(0x78))).toEqual([]);
    const [error, next] = reader.push(Uint8Array.of(0x0a, 0x61, 0x0a));
    expect(error).toMatchObject({ line: 1, message: 'the line is longer than 1000 bytes' });
    expect(next).toBe('a');
  });
});
