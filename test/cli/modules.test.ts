/** Programs of several modules on the command line: imports as files, `inspect`, `lock`. */
import { describe, expect, test } from 'vitest';
import { Workplace } from './command.ts';

const SHOP = {
  'shop.bl': `IMPORT "./lib/tax.bl" AS tax;
TRANSFORM Shop { OUTPUT { gross: tax.gross(input.net) }; }
`,
  'lib/tax.bl': `IMPORT "./rates.bl" AS rates;
EXPORT FUNC gross(net) = net + net * rates.vat() / 100;
`,
  'lib/rates.bl': 'EXPORT FUNC vat() = 19;\n',
};
const RUN = ['run', 'shop.bl', '--to', 'json-compact'];

describe('imports', () => {
  test('are files below the folder of the program, from wherever it is called', () => {
    using place = new Workplace(SHOP);
    const expected = { code: 0, out: '{"gross":119}\n', err: '' };
    expect(place.millrace(RUN, '{"net":100}')).toEqual(expected);
    expect(place.millrace(['run', './shop.bl', '--to', 'json-compact'], '{"net":100}')).toEqual(expected);
    expect(place.shell('mkdir x; cd x; $MILLRACE run ../shop.bl --to json-compact <<<\'{"net":100}\'')).toEqual(
      expected,
    );
  });

  test('may be in compiled form', () => {
    using place = new Workplace(SHOP);
    for (const [from, to] of [
      ['lib/tax.bl', 'lib/tax.blb'],
      ['lib/rates.bl', 'lib/rates.json'],
    ] as const)
      expect(place.millrace(['build', from, '-o', to]).code).toBe(0);
    place.shell('mv lib/tax.blb lib/tax.bl; mv lib/rates.json lib/rates.bl');
    expect(place.millrace(RUN, '{"net":100}').out).toBe('{"gross":119}\n');
  });

  test('get what is granted anyway, and the rest only by WITH', () => {
    using place = new Workplace({
      'chance.bl': 'IMPORT "host:random" AS dice;\nEXPORT FUNC roll() = dice.next() >= 0;\n',
      'talk.bl': 'EXPORT FUNC say(x) = PRINT(x);\n',
      'keeps.bl':
        'IMPORT "host:random" AS r;\nIMPORT "./chance.bl" AS c;\nTRANSFORM T { OUTPUT { is: c.roll(), own: r.next() < 1 }; }\n',
      'hands.bl':
        'IMPORT "host:random" AS r;\nIMPORT "./chance.bl" AS c WITH { r };\nTRANSFORM T { OUTPUT { is: c.roll() }; }\n',
      'says.bl': 'IMPORT "./talk.bl" AS t;\nTRANSFORM T { OUTPUT { said: t.say("hello") }; }\n',
    });
    const grant = ['--grant', 'host:random', '--to', 'json-compact'];
    const kept = place.millrace(['run', 'keeps.bl', ...grant]);
    expect(kept).toMatchObject({ code: 77, out: '' });
    expect(kept.err).toMatch(/chance\.bl[\s\S]*host:random/);
    expect(place.millrace(['run', 'hands.bl', ...grant])).toEqual({ code: 0, out: '{"is":true}\n', err: '' });
    expect(place.millrace(['run', 'hands.bl']).code).toBe(77);
    expect(place.millrace(['run', 'says.bl', '--to', 'json-compact'])).toMatchObject({ code: 0, err: 'hello\n' });
  });

  test.each([
    ['IMPORT "../outside.bl" AS o;', 'is not below'],
    ['IMPORT "./link.bl" AS o;', 'is not below'],
    ['IMPORT "./linked/outside.bl" AS o;', 'is not below'],
    ['IMPORT "/etc/hostname" AS o;', 'only files beside the program'],
    ['IMPORT "file:///etc/hostname" AS o;', 'only files beside the program'],
    ['IMPORT "./none.bl" AS o;', 'there is no such file'],
  ])('%s is refused: %s', (line, reason) => {
    using place = new Workplace({
      'outside.bl': 'EXPORT FUNC f() = 1;\n',
      'in/main.bl': `${line}\nTRANSFORM T { OUTPUT { f: o.f() }; }\n`,
    });
    place.shell('ln -s ../outside.bl in/link.bl; ln -s .. in/linked');
    const { code, out, err } = place.millrace(['run', 'in/main.bl']);
    expect({ code, out }).toEqual({ code: 77, out: '' });
    expect(err).toContain('MR4004');
    expect(err).toContain(reason);
    expect(err).toContain('in/main.bl:1:');
    const json = JSON.parse(place.millrace(['run', 'in/main.bl', '--error-format', 'json']).err);
    expect(json.error).toMatchObject({ code: 'MR4004', exitCode: 77, reason: expect.stringContaining(reason) });
  });

  test('one file is one module, however it is reached; a circle is refused', () => {
    using place = new Workplace({
      'a.bl': 'IMPORT "./sub/b.bl" AS b;\nEXPORT FUNC f() = b.f();\nTRANSFORM T { OUTPUT {} }\n',
      'sub/b.bl': 'IMPORT "../again.bl" AS a;\nEXPORT FUNC f() = a.f();\n',
    });
    place.shell('ln -s a.bl again.bl');
    const { code, err } = place.millrace(['run', 'a.bl']);
    expect(code).toBe(77);
    expect(err).toContain('"a.bl" → "sub/b.bl" → "a.bl"');
  });

  test('a program from stdin has none', () => {
    using place = new Workplace(SHOP);
    const { code, err } = place.millrace(['run', '-'], SHOP['shop.bl']);
    expect(code).toBe(77);
    expect(err).toContain('comes from stdin');
  });
});

const PLUGIN = {
  'v1/plugin.bl': `IMPORT "host:http" AS http { get(url) };
IMPORT "./mail.bl" AS mail WITH { http };
TRANSFORM Plugin { OUTPUT { a: http.get(input.url).status, m: mail.send(input), at: NOW() }; }
`,
  'v1/mail.bl': 'IMPORT "host:http" AS http;\nEXPORT FUNC send(x) = http.post("http://mail.example/", x);\n',
  'v2/plugin.bl': `IMPORT "host:http" AS http;
IMPORT "./mail.bl" AS mail WITH { http };
TRANSFORM Plugin { OUTPUT { a: http.post(input.url, 1), m: mail.send(input), r: RANDOM() }; }
`,
  'v2/mail.bl': 'IMPORT "host:http" AS http;\nEXPORT FUNC send(x) = http.post("http://mail.example/", [x]);\n',
};

describe('inspect', () => {
  test('shows modules, imports and exports; nothing has to be granted', () => {
    using place = new Workplace(PLUGIN);
    const { code, out, err } = place.millrace(['inspect', 'v1/plugin.bl']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…')).toBe(`v1/plugin.bl  sha256:…
  imports host:http: get/1
  imports ./mail.bl (v1/mail.bl): send/1 · hands on host:http
  imports host:clock: now/0 · implied
  exports transform Plugin(input): outputs, reaches host:http, ./mail.bl, host:clock

v1/mail.bl  sha256:…
  imports host:http: post/2
  exports function send(x): reaches host:http
`);
  });

  test('--json has it all as data, of a binary too', () => {
    using place = new Workplace(PLUGIN);
    const source = JSON.parse(place.millrace(['inspect', 'v1/plugin.bl', '--json']).out);
    expect(source.permissions).toEqual([
      { module: 'v1/mail.bl', capability: 'host:http', member: 'post' },
      { module: 'v1/plugin.bl', capability: 'host:http', member: 'get' },
      { module: 'v1/plugin.bl', capability: 'host:clock', member: 'now' },
    ]);
    place.millrace(['build', 'v1/plugin.bl', '-o', 'v1/plugin.blb']);
    const binary = JSON.parse(place.millrace(['inspect', 'v1/plugin.blb', '--json']).out);
    expect(binary.modules).toEqual(
      source.modules.map((m: { uri: string }) => ({ ...m, uri: m.uri.replace(/plugin\.bl$/, 'plugin.blb') })),
    );
  });

  test('--diff shows changes of permissions, with exit 1', () => {
    using place = new Workplace(PLUGIN);
    expect(place.millrace(['inspect', '--diff', 'v1/plugin.bl', 'v2/plugin.bl'])).toEqual({
      code: 1,
      out: `+ plugin.bl: host:http post
+ plugin.bl: host:random next
- plugin.bl: host:http get
- plugin.bl: host:clock now
~ module mail.bl
~ module plugin.bl
`,
      err: '',
    });
    expect(place.millrace(['inspect', '--diff', 'v1/mail.bl', 'v2/mail.bl'])).toEqual({
      code: 0,
      out: '~ module mail.bl\nthe permissions are the same\n',
      err: '',
    });
    const data = JSON.parse(place.millrace(['inspect', '--diff', '--json', 'v1/plugin.bl', 'v2/plugin.bl']).out);
    expect(data.added).toContainEqual({ module: 'plugin.bl', capability: 'host:random', member: 'next' });
  });

  test('control characters of a module do not reach the terminal', () => {
    using place = new Workplace({
      'p.bl': 'IMPORT "host:\\u001b[2J" AS evil;\nTRANSFORM T { OUTPUT { a: evil.f() }; }\n',
    });
    expect(place.millrace(['inspect', 'p.bl']).out).not.toContain('\u001b');
  });

  test.each([
    [64, ['inspect'], 'inspect takes one PROGRAM'],
    [64, ['inspect', '--diff', 'v1/plugin.bl'], 'inspect --diff takes two PROGRAMs'],
    [77, ['inspect', 'lost.bl'], 'MR4004'],
  ])('%d for %j', (code, args, message) => {
    using place = new Workplace({
      ...PLUGIN,
      'lost.bl': 'IMPORT "./no.bl" AS n;\nTRANSFORM T { OUTPUT { a: n.f() }; }\n',
    });
    const outcome = place.millrace(args);
    expect(outcome.code).toBe(code);
    expect(outcome.err).toContain(message);
  });
});

describe('lock', () => {
  function locked(): Workplace {
    const place = new Workplace({ ...SHOP, 'other.bl': 'OUTPUT { ok: true }\n' });
    expect(place.millrace(['lock', 'shop.bl'])).toEqual({
      code: 0,
      out: 'millrace.lock: lib/rates.bl, lib/tax.bl, shop.bl\n',
      err: '',
    });
    return place;
  }

  test('holds for the same program in any layout and form, called from anywhere', () => {
    using place = locked();
    place.write('lib/rates.bl', '// the rate\nEXPORT FUNC vat() =\n  19;\n');
    expect(place.millrace(RUN, '{"net":100}').out).toBe('{"gross":119}\n');
    expect(place.shell('mkdir x; cd x; $MILLRACE run ../shop.bl <<<\'{"net":100}\'').code).toBe(0);
    expect(place.shell('cd lib; $MILLRACE inspect ../shop.bl').code).toBe(0);
  });

  test('refuses a module that differs', () => {
    using place = locked();
    place.write('lib/rates.bl', 'EXPORT FUNC vat() = 20;\n');
    for (const command of ['run', 'inspect']) {
      const { code, err } = place.millrace([command, 'shop.bl']);
      expect(code).toBe(77);
      expect(err).toContain('MR4006');
      expect(err).toContain('lib/rates.bl');
    }
    expect(place.millrace(['lock', 'shop.bl']).code).toBe(0);
    expect(place.millrace(RUN, '{"net":100}').out).toBe('{"gross":120}\n');
  });

  test('refuses a module that wants more, and shows what; the report of inspect is there all the same', () => {
    using place = locked();
    place.write('lib/rates.bl', 'EXPORT FUNC vat() { PRINT("hi"); RETURN 19; }\n');
    const run = place.millrace(RUN, '{"net":100}');
    expect(run).toMatchObject({ code: 77, out: '' });
    expect(run.err).toMatch(/MR4008[\s\S]*\+ host:console print/);
    const inspect = place.millrace(['inspect', 'shop.bl']);
    expect(inspect.code).toBe(77);
    expect(inspect.out).toContain('host:console');
  });

  test('refuses programs that it does not list, until they are locked together', () => {
    using place = locked();
    expect(place.millrace(['run', 'other.bl']).code).toBe(77);
    expect(place.millrace(['lock', 'shop.bl', 'other.bl']).code).toBe(0);
    expect(place.millrace(['run', 'other.bl']).code).toBe(0);
    expect(place.millrace(RUN, '{"net":100}').code).toBe(0);
  });

  test('writes the same text each time, and none when a program does not load', () => {
    using place = locked();
    const before = place.read('millrace.lock');
    expect(place.millrace(['lock', './shop.bl']).code).toBe(0);
    expect(place.read('millrace.lock')).toBe(before);
    place.write('broken.bl', 'OUTPUT {');
    expect(place.millrace(['lock', 'other.bl', 'broken.bl']).code).toBe(65);
    expect(place.read('millrace.lock')).toBe(before);
  });

  test.each([['{'], ['[]'], ['{"version":2,"modules":{}}'], ['{"version":1,"modules":{"a":{"identity":1}}}']])(
    'a file %s is no lock',
    (text) => {
      using place = new Workplace({ ...SHOP, 'millrace.lock': text });
      for (const command of ['run', 'inspect']) {
        const { code, err } = place.millrace([command, 'shop.bl']);
        expect(code).toBe(65);
        expect(err).toContain('millrace.lock is no lock');
      }
    },
  );
});
