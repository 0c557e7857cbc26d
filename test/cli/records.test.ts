/** `millrace run --from ndjson`: record by record, in order, in flat memory. */
import { afterAll, describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const place = new Workplace({
  'id.bl': 'TRANSFORM Id { OUTPUT { id: input.id }; }',
  'rows.bl': 'TRANSFORM Rows { FOR EACH x IN input.xs { OUTPUT { x: x }; } }',
  'half.bl': 'TRANSFORM Half { OUTPUT { half: 10 / input.n }; }',
  'third.bl': 'TRANSFORM Third { OUTPUT { third: input.d / 3 }; }',
  'list.bl': 'EXPORT FUNC pair(n) = [n, n];',
  'some.ndjson': '{"id":1}\n\n{"id":2}\r\n{"id":3}',
});
afterAll(() => place[Symbol.dispose]());

describe('records', () => {
  test('one result a line; blank lines and a missing last line end do no harm', () => {
    expect(place.millrace(['run', 'id.bl', '--from', 'ndjson', '--input', 'some.ndjson'])).toEqual({
      code: 0,
      out: '{"id":1}\n{"id":2}\n{"id":3}\n',
      err: '',
    });
  });

  test('several outputs are several lines, none is none', () => {
    expect(place.millrace(['run', 'rows.bl', '--from', 'ndjson'], '{"xs":[1,2]}\n{"xs":[]}\n{"xs":[3]}\n').out).toBe(
      '{"x":1}\n{"x":2}\n{"x":3}\n',
    );
  });

  test('the list of a function is one value', () => {
    expect(place.millrace(['run', 'list.bl', '--name', 'pair', '--from', 'ndjson'], '1\n"a"\n').out).toBe(
      '[1,1]\n["a","a"]\n',
    );
  });

  test('decimals may turn up in any record', () => {
    const { out, err } = place.millrace(
      ['run', 'third.bl', '--from', 'ndjson'],
      '{"d":3}\n{"d":0.300000000000000000003}\n',
    );
    expect(err).toBe('');
    expect(out).toBe('{"third":1}\n{"third":"0.100000000000000000001"}\n');
  });

  test('no records, no lines', () => {
    expect(place.millrace(['run', 'id.bl', '--from', 'ndjson'], '')).toEqual({ code: 0, out: '', err: '' });
  });

  test('another output format is written once a record', () => {
    expect(place.millrace(['run', 'id.bl', '--from', 'ndjson', '--to', 'json'], '{"id":1}\n{"id":2}\n').out).toBe(
      '{\n    "id": 1\n}\n{\n    "id": 2\n}\n',
    );
  });
});

describe('a record that fails', () => {
  test('ends the stream; what came before is out, the line is named', () => {
    const { code, out, err } = place.millrace(['run', 'half.bl', '--from', 'ndjson'], '{"n":5}\n{"n":0}\n{"n":1}\n');
    expect(out).toBe('{"half":2}\n');
    expect(err).toMatch(/MR6003/);
    expect(err).toMatch(/^record: stdin:2$/m);
    expect(code).toBe(70);
  });

  test('by not being JSON', () => {
    const { code, out, err } = place.millrace(
      ['run', 'id.bl', '--from', 'ndjson', '--error-format', 'json'],
      '{"id":1}\n{"id":}\n',
    );
    expect(out).toBe('{"id":1}\n');
    expect(JSON.parse(err)).toMatchObject({ error: { kind: 'input', record: { source: 'stdin', line: 2 } } });
    expect(code).toBe(65);
  });

  test('by not being UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"id":1}\n{"id":"'), Uint8Array.of(0xc3, 0x28), Buffer.from('"}\n')]);
    const { code, out, err } = place.millrace(['run', 'id.bl', '--from', 'ndjson'], bytes);
    expect(out).toBe('{"id":1}\n');
    expect(err).toMatch(/stdin:2: the line is not UTF-8/);
    expect(code).toBe(65);
  });
});

describe('as a filter', () => {
  test('64 MB pass through a heap of 32 MB', () => {
    const make = `$NODE -e 'const pad = "x".repeat(4000); for (let i = 0; i < 16000; i++) process.stdout.write(JSON.stringify({ id: i, pad }) + "\\n")'`;
    const { out, err } = place.shell(
      `${make} | $MILLRACE run id.bl --from ndjson | tail -n 1`,
      '--max-old-space-size=32',
    );
    expect(err).toBe('');
    expect(out).toBe('{"id":15999}\n');
  });

  test('a reader that leaves ends it without a word', () => {
    const make = `$NODE -e 'process.stdout.on("error", () => process.exit()); for (let i = 0; i < 200000; i++) process.stdout.write(JSON.stringify({ id: i }) + "\\n")'`;
    const { out, err } = place.shell(
      `${make} | $MILLRACE run id.bl --from ndjson | head -n 2; echo "\${PIPESTATUS[1]}"`,
    );
    expect(err).toBe('');
    expect(out).toBe('{"id":0}\n{"id":1}\n0\n');
  });
});
