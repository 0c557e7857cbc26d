/** Long streams: flat memory in every format, Ctrl-C, readers that leave, progress. Sizes are bounded; the heap is too. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { TOOL, Workplace } from './command.ts';

const MAKE = `
process.stdout.on('error', () => process.exit());
const [kind, count] = [process.argv[2], Number(process.argv[3])];
const pad = 'x'.repeat(1_000);
const rows = {
  ndjson: (i) => JSON.stringify({ id: i, pad }) + '\\n',
  csv: (i) => (i === 0 ? 'id,pad\\n' : '') + i + ',"' + pad + '"\\n',
  json: (i) => (i === 0 ? '{"skipped":' + JSON.stringify([pad]) + ',"items":[' : ',') + JSON.stringify({ id: i, pad }),
};
let text = '';
for (let i = 0; i < count; i++) {
  text += rows[kind](i);
  if (text.length > 1e6 && !process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  if (text.length > 1e6) text = '';
}
process.stdout.write(text + (kind === 'json' ? ']}' : ''));
`;

const place = new Workplace({
  'id.bl': 'TRANSFORM Id { OUTPUT { id: input.id }; }',
  'slow.bl': 'TRANSFORM Slow { LET n = SUM([i FOR EACH i IN RANGE(20000)]); OUTPUT { id: input.id, n: n }; }',
  'make.mjs': MAKE,
});
afterAll(() => place[Symbol.dispose]());

describe('memory', () => {
  test.each([
    ['ndjson', '--from ndjson', '{"id":47999}\n'],
    ['csv', '--from csv', '{"id":"47999"}\n'],
    ['json', `--each '$.items[*]'`, '{"id":47999}\n'],
  ])('48 MB of %s pass through a heap of 24 MB', (kind, flags, last) => {
    const { out, err } = place.shell(
      `$NODE make.mjs ${kind} 48000 | $MILLRACE run id.bl ${flags} | tail -n 1`,
      '--max-old-space-size=24',
    );
    expect(err).toBe('');
    expect(out).toBe(last);
  });
});

describe('a reader that leaves', () => {
  test.each([
    ['csv', '--from csv --to csv', 'id\n'],
    ['json', `--each '$.items[*]'`, '{"id":0}\n'],
  ])('ends a stream of %s without a word', (kind, flags, first) => {
    const { out, err } = place.shell(
      `$NODE make.mjs ${kind} 100000 | $MILLRACE run id.bl ${flags} | head -n 1; echo "\${PIPESTATUS[1]}"`,
    );
    expect(err).toBe('');
    expect(out).toBe(`${first}0\n`);
  });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs on a stdin that stays open; interrupts at the first output. */
async function interrupted(args: readonly string[], input: string): Promise<Ended> {
  const child = spawn(process.execPath, [TOOL, ...args], { cwd: place.folder });
  let out = '';
  let err = '';
  child.stderr.on('data', (data) => (err += data));
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  child.stdout.on('data', (data) => {
    if (out === '') child.kill('SIGINT');
    out += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('Ctrl-C', () => {
  test('while waiting for input: what is done is out, with a summary', async () => {
    const { code, out, err } = await interrupted(['run', 'id.bl', '--from', 'ndjson'], '{"id":1}\n{"id":2}\n{"id":');
    expect(out).toBe('{"id":1}\n{"id":2}\n');
    expect(err).toBe('millrace: interrupted after 2 records, at line 2 of stdin\n');
    expect(code).toBe(130);
  });

  test('in the middle of a chunk, after the record in hand', async () => {
    const input = Array.from({ length: 10_000 }, (_, i) => `{"id":${i}}\n`).join('');
    const { code, out, err } = await interrupted(
      ['run', 'slow.bl', '--from', 'ndjson', '--errors', 'bad.ndjson'],
      `{bad}\n${input}`,
    );
    const count = out.split('\n').length - 1;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(10_000);
    expect(out.endsWith('\n')).toBe(true);
    const records = (count + 1).toLocaleString('en');
    expect(err).toBe(
      `millrace: interrupted after ${records} records, at line ${count + 1} of stdin\nmillrace: 1 of ${records} records set aside in bad.ndjson\n`,
    );
    expect(code).toBe(130);
  });
});
