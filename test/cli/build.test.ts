/** `millrace build` and `disasm`: every form of a program runs, and is the same program. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { createHost } from '../../src/index.ts';
import { Workplace } from './command.ts';

const SOURCE = `// prices with tax
FUNC tax(net) = net * 19 / 100;
TRANSFORM Gross {
  OUTPUT { gross: input.net + tax(input.net) };
}
`;
const keys = generateKeyPairSync('ed25519');
const place = new Workplace({
  'gross.bl': SOURCE,
  'bad.bl': 'OUTPUT { a: inptu }',
  'fails.bl': 'TRANSFORM T {\n  OUTPUT { a: 1 + input.text };\n}',
  'key.pem': pem(keys.privateKey),
  'vendor.pem': pemOf(keys.publicKey),
  'other.pem': pemOf(generateKeyPairSync('ed25519').publicKey),
  'rsa.pem': pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
});
afterAll(() => place[Symbol.dispose]());

function pem(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'spki', format: 'pem' }));
}

function build(...args: readonly string[]): string {
  const { code, err } = place.millrace(['build', ...args]);
  expect(code, err).toBe(0);
  return err;
}

function identityIn(err: string): string {
  return /sha256:[0-9a-f]{64}/.exec(err)?.[0] ?? 'none';
}

describe('the forms of a program', () => {
  test.each([['gross.json'], ['gross.blb']])('%s runs like the source', (name) => {
    build('gross.bl', '-o', name);
    expect(place.millrace(['run', name, '--to', 'json-compact'], '{"net":100}')).toEqual({
      code: 0,
      out: '{"gross":119}\n',
      err: '',
    });
  });

  test('have one identity, whatever they are built from, stripped or not', () => {
    const identities = [
      build('gross.bl', '-o', 'a.json'),
      build('gross.bl', '-o', 'a.blb'),
      build('a.json', '--strip', '-o', 'b.json'),
      build('b.json', '--format', 'binary', '-o', 'b.blb'),
      build('a.blb', '--strip', '-o', 'c.blb'),
      build('a.json', '-o', 'back.bl'),
      build('back.bl', '-o', 'd.blb'),
    ].map(identityIn);
    expect(new Set(identities).size).toBe(1);
    expect(identities[0]).not.toBe('none');
    expect(place.read('back.bl')).toBe(SOURCE.replace(/^.*\n/, '').replace('\nTRANSFORM', '\n\nTRANSFORM'));
  });

  test('a stripped binary of a text, of a JSON AST and of a binary is the same file', () => {
    build('gross.bl', '-o', 'e.json');
    build('gross.bl', '-o', 'e.blb');
    const stripped = ['gross.bl', 'e.json', 'e.blb'].map((name, i) => {
      build(name, '--format', 'binary', '--strip', '-o', `stripped-${i}.blb`);
      return place.read(`stripped-${i}.blb`);
    });
    expect(new Set(stripped).size).toBe(1);
  });

  test('go to stdout and come from stdin', () => {
    const json = place.millrace(['build', '-', '--format', 'json'], SOURCE).out;
    expect(JSON.parse(json)).toMatchObject({ millrace: 1, source: { name: 'stdin' } });
    expect(place.millrace(['build', '-', '--format', 'source'], json).out).toContain('FUNC tax(net) =');
  });

  test('errors of a binary have lines, those of a stripped one have none', () => {
    build('fails.bl', '-o', 'fails.blb');
    build('fails.bl', '--strip', '-o', 'bare.blb');
    const withLines = place.millrace(['run', 'fails.blb'], '{"text":{}}');
    expect(withLines.code).toBe(70);
    expect(withLines.err).toContain('fails.bl:2:');
    const bare = place.millrace(['run', 'bare.blb'], '{"text":{}}');
    expect(bare.code).toBe(70);
    expect(bare.err).not.toContain(':2:');
  });

  test.each(['gross.json', 'gross.blb'])('disasm lists %s', (name) => {
    build('gross.bl', '-o', name);
    const listing = place.millrace(['disasm', 'gross.bl']).out;
    const withoutText = listing.replaceAll(/^( +; \d+):.*$/gm, '$1');
    expect(withoutText).not.toBe(listing);
    expect(place.millrace(['disasm', name])).toEqual({ code: 0, out: withoutText, err: '' });
  });

  test('a broken binary and a broken JSON AST are refused with a reason', () => {
    build('gross.bl', '-o', 'whole.blb');
    place.write('cut.blb', place.bytes('whole.blb').subarray(0, 60));
    place.write('odd.json', '{"millrace": 1, "module": {"extra": 1}}');
    for (const command of ['run', 'disasm', 'inspect'])
      for (const name of ['cut.blb', 'odd.json']) {
        const { code, out, err } = place.millrace([command, name], '{}');
        expect({ code, out }).toEqual({ code: 65, out: '' });
        expect(err).toContain('reason: ');
      }
  });
});

describe('signing', () => {
  const trusted = keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);

  test('a host that trusts the key loads what it has signed, also after --strip', async () => {
    build('gross.bl', '--sign', 'key.pem', '--sign-as', 'gross@1.2', '-o', 'signed.blb');
    build('signed.blb', '--strip', '-o', 'signed-bare.blb');
    build('gross.bl', '-o', 'unsigned.blb');
    const host = createHost({ signedBy: [new Uint8Array(trusted)] });
    for (const name of ['signed.blb', 'signed-bare.blb']) {
      const module = await host.load(place.bytes(name));
      expect(module.run('Gross', { net: 100 })).toEqual({ gross: 119 });
    }
    await expect(host.load(place.bytes('unsigned.blb'))).rejects.toMatchObject({ code: 'MR3010' });
  });

  test.each([['rsa.pem'], ['gross.bl']])('%s is no key', (key) => {
    const { code, err } = place.millrace(['build', 'gross.bl', '--sign', key, '-o', 'never.blb']);
    expect(code).toBe(65);
    expect(err).toContain('no ed25519 private key');
    expect(place.files()).not.toContain('never.blb');
  });
});

describe('--signed-by', () => {
  const millrace = (...args: readonly string[]) => place.millrace(args, '{"net":100}');

  test('takes what one of the keys has signed, and nothing else', () => {
    build('gross.bl', '--sign', 'key.pem', '-o', 'vouched.blb');
    const run = millrace('run', 'vouched.blb', '--signed-by', 'other.pem', '--signed-by', 'vendor.pem');
    expect([run.code, run.out.replaceAll(/\s/g, '')]).toEqual([0, '{"gross":119}']);
    expect(millrace('inspect', 'vouched.blb', '--signed-by', 'vendor.pem').code).toBe(0);
    for (const command of ['run', 'inspect', 'lock']) {
      const { code, err } = millrace(command, 'vouched.blb', '--signed-by', 'other.pem');
      expect([code, err]).toEqual([65, expect.stringContaining('signed with a key that is not trusted here')]);
    }
    expect(millrace('run', 'gross.bl', '--signed-by', 'vendor.pem').err).toContain('is a text, which carries no');
    expect(place.files()).not.toContain('millrace.lock');
  });

  test.each(['key.pem', 'gross.bl'])('takes public keys only, not %s', (key) => {
    const { code, err } = millrace('run', 'gross.bl', '--signed-by', key);
    expect([code, err]).toEqual([65, expect.stringContaining('no ed25519 public key')]);
  });
});

describe('what build refuses', () => {
  test.each([
    [64, ['gross.bl'], 'build takes --format json | binary | source'],
    [64, [], 'build takes one PROGRAM'],
    [64, ['gross.bl', '-o', 'gross.bl'], 'is the program itself'],
    [64, ['gross.bl', '-o', 'x.json', '--sign', 'key.pem'], '--sign is for --format binary'],
    [64, ['gross.bl', '-o', 'x.blb', '--sign-as', 'a@1'], '--sign-as is for --sign KEY'],
    [64, ['gross.bl', '-o', 'x.blb', '--sign', 'key.pem', '--valid-days', '0'], '--valid-days takes'],
    [64, ['gross.bl', '-o', 'x.blb', '--sign', 'key.pem', '--sign-as', 'a'], '--sign-as takes NAME@VERSION'],
    [64, ['gross.bl', '--format', 'source', '--strip'], '--strip is for'],
    [64, ['gross.bl', '-x'], "unknown flag '-x'"],
    [65, ['bad.bl', '-o', 'x.blb'], 'bad.bl:1:13'],
    [74, ['none.bl', '-o', 'x.blb'], 'there is no such file'],
  ])('%d for %j', (code, args, message) => {
    const outcome = place.millrace(['build', ...args]);
    expect(outcome.err).toContain(message);
    expect(outcome).toMatchObject({ code, out: '' });
    expect(place.files()).not.toContain('x.blb');
  });

  test('the way back from a binary, and tracing one', () => {
    build('gross.bl', '-o', 'one-way.blb');
    for (const format of ['json', 'source']) {
      const { code, err } = place.millrace(['build', 'one-way.blb', '--format', format]);
      expect(code).toBe(64);
      expect(err).toContain('there is no way back from one-way.blb');
    }
    expect(place.millrace(['run', 'one-way.blb', '--trace'], '{}').code).toBe(64);
    build('gross.bl', '-o', 'traced.json');
    expect(place.millrace(['run', 'traced.json', '--explain', 'gross'], '{"net":1}').code).toBe(0);
  });

  test('a link to the program as --output', () => {
    using fresh = new Workplace({ 'p.bl': 'OUTPUT {} // kept' });
    fresh.shell('ln -s p.bl link.bl');
    expect(fresh.millrace(['build', 'p.bl', '-o', 'link.bl']).code).toBe(64);
    expect(fresh.read('p.bl')).toBe('OUTPUT {} // kept');
  });
});
