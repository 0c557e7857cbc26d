/** The session at the prompt: from a pipe, and from a terminal with its keys, history and completion. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { runRepl } from '../../../src/cli/repl.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-repl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function collected(stream: PassThrough): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** A piped session of these lines. */
async function piped(...lines: readonly string[]): Promise<Ended> {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const out = collected(output);
  const err = collected(errors);
  input.end(lines.join('\n'));
  const code = await runRepl({ input, output, errors, isTerminal: false, historyFile: null });
  return { code, out: out(), err: err() };
}

/** A session at a terminal. */
class Terminal {
  readonly #input = new PassThrough();
  readonly #output = new PassThrough();
  readonly #seen = collected(this.#output);
  readonly #ended: Promise<number>;

  constructor(historyFile: string | null = null) {
    const [input, output] = [this.#input, this.#output];
    this.#ended = runRepl({ input, output, errors: output, isTerminal: true, historyFile });
  }

  /** Types, and waits until `expected` has come out behind what was there before. */
  async type(keys: string, expected: string): Promise<string> {
    const before = keys === '' ? 0 : this.#seen().length;
    for (const key of keys.match(/\u001b\[.|[\s\S]/gu) ?? []) {
      this.#input.write(key);
      // Why: a Tab with more keys right behind it is taken for text that was pasted.
      if (key === '\t') await setTimeout(10);
    }
    await expect.poll(() => this.#seen().slice(before), { timeout: 2_000, interval: 5 }).toContain(expected);
    return this.#seen().slice(before);
  }

  async end(): Promise<number> {
    this.#input.end();
    return this.#ended;
  }
}

describe('entries from a pipe', () => {
  test('expressions, statements, declarations; names live on', async () => {
    const { code, out, err } = await piped(
      '1 + 1;',
      'LET x = { a: 1 }',
      'SET x.b = [x.a, 2]',
      'x',
      'LET x = x.b',
      'FUNC twice(n) = n * 2',
      'twice(x[1]) // 2',
      'LET f = (n) -> n + x[0], g = 1',
      'LET f = (n) -> n + x[0]',
      'LET x = [10]',
      '[f(1), IS_FUNCTION(f)]',
      'f',
      'LET f = "no function"',
      'f',
      'FUNC twice(n) = n + n + 0.5',
      'twice(1)',
    );
    expect(out).toBe('2\n{"a":1,"b":[1,2]}\ntwice\n2\n[11,true]\n<function>\n"no function"\ntwice\n2.5\n');
    expect(err.match(/^error.*$/gm)).toEqual([expect.stringContaining('error[MR1012]: `,` does not continue')]);
    expect(code).toBe(1);
  });

  test('an entry goes on while a bracket or a comment is open', async () => {
    const { code, out } = await piped(
      '{ a: [1,',
      '2',
      '] }',
      '/* so',
      'it goes */ 1 +',
      '2',
      'FUNC f(n) {',
      '  RETURN n;',
      '}',
      'f(3)',
    );
    expect({ code, out }).toEqual({ code: 0, out: '{"a":[1,2]}\n3\nf\n3\n' });
  });

  test('what stands on one line although it is a statement elsewhere', async () => {
    const { out } = await piped(
      'IF 1 > 2 THEN "a" ELSE "b"',
      'TRY 1 / 0 CATCH (e) -> e.message',
      '{}',
      '[1][0]',
      '(2)',
    );
    expect(out).toBe('"b"\n"Division by zero"\n{}\n1\n2\n');
  });

  test('records that are put out are shown', async () => {
    const { out } = await piped('FOR EACH i IN RANGE(1, 2) { OUTPUT { i: i } }', 'OUTPUT { a: 1 }', 'ABORT { b: 2 }');
    expect(out).toBe('{"i":1}\n{"i":2}\n{"a":1}\n{"b":2}\n');
  });

  test('a record that looks like the own of the session does no harm', async () => {
    const { out } = await piped('OUTPUT { "kept by the session": 1 }; ABORT', 'input');
    expect(out).toContain('{}');
  });

  test('an entry that fails changes nothing', async () => {
    const { out, err } = await piped(
      'LET x = 1',
      'SET x = 2; LET y = 1 / 0',
      'x',
      'FUNC f() = zz',
      'FUNC f() = x',
      'y',
    );
    expect(out).toBe('1\n');
    expect(err.match(/^error\[MR\d+\]/gm)).toEqual([
      'error[MR6003]',
      'error[MR2001]',
      'error[MR2001]',
      'error[MR2001]',
    ]);
  });

  test('errors point into the entry, in functions of former ones too', async () => {
    const { err } = await piped(
      'FUNC half(n) = 1 +\n  n / 0',
      'LET a = [1]',
      'a[0] + half(2)',
      'LET b = 1; LET c = bb',
    );
    expect(err).toContain('entry 1:2:5\n');
    expect(err).toContain('2 │   n / 0\n');
    expect(err).toContain('entry 4:1:20\n');
    expect(err).toContain('1 │ LET b = 1; LET c = bb\n');
  });

  test('shared state and what is printed', async () => {
    const { out } = await piped('SHARED c MANY', 'c["k"] = 5', 'AWAIT c.k', 'KEYS(c)', 'SUSPEND 1');
    expect(out).toBe('c\n5\n["k"]\n');
  });

  test('an end inside an entry is an error', async () => {
    const { code, err } = await piped('1 + (');
    expect(err).toContain('MR1001');
    expect(code).toBe(1);
  });

  test('an empty line ends an entry that waits for more', async () => {
    const { out, err } = await piped('(1 +', '', '2');
    expect(err).toContain('MR1001');
    expect(out).toBe('2\n');
  });
});

describe('commands', () => {
  test(':help lists them, :quit ends', async () => {
    const { code, out } = await piped(':help', ':quit', '1 +');
    for (const name of ['help', 'load', 'disasm', 'explain', 'limits', 'reset', 'quit'])
      expect(out).toContain(`:${name}`);
    expect(code).toBe(0);
  });

  test(':load takes declarations and input', async () => {
    const program = path.join(folder, 'lib.bl');
    const data = path.join(folder, 'in.json');
    writeFileSync(program, '// A comment.\nFUNC half(n) = n / 0;\nTRANSFORM T { OUTPUT input; }\n');
    writeFileSync(data, '{"total":12345678901234567890}');
    const { out, err } = await piped(
      `:load ${program}`,
      `:load ${data}`,
      'input.total + 1',
      'half(1)',
      ':load',
      `:load ${folder}/nowhere`,
    );
    expect(out).toBe('half, T\ninput\n12345678901234567891\n');
    expect(err).toContain('lib.bl:2:18');
    expect(err).toContain(':load takes a file');
    expect(err).toContain('there is no such file');
  });

  test(':load of what cannot be read', async () => {
    const files = { 'bad.bl': 'FUNC (', 'script.bl': 'OUTPUT 1', 'bad.json': '{' };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const { out, err } = await piped(...Object.keys(files).map((name) => `:load ${path.join(folder, name)}`));
    expect(out).toBe('');
    expect(err).toContain('bad.bl:1:6');
    expect(err).toContain('script.bl has no declarations');
    expect(err).toMatch(/bad\.json: /);
  });

  test(':disasm shows an entry, the last one if none is given, and runs nothing', async () => {
    const { out, err } = await piped(
      'LET x = 2',
      ':disasm x * 21',
      'x + 1',
      ':disasm',
      ':disasm FUNC f(a) = a',
      'f(1)',
      ':disasm 1 +',
      ':disasm zz',
    );
    expect(out).toMatch(/x \* 21\n[\s\S]*MUL\n[\s\S]*\n3\n[\s\S]*ADD[\s\S]*function f\(a\)/);
    expect(err).toContain('there is no function `f`');
    expect(err).toContain(':disasm takes a whole entry');
    expect(err).toContain('entry:1:1');
  });

  test(':disasm shows nothing of what the session adds', async () => {
    const { out } = await piped('LET x = 2', 'FUNC f(a) = a + 1', ':disasm MAP([x], (n) -> f(n) * 3)');
    expect(out).toBe(`f
      ; MAP([x], (n) -> f(n) * 3)
   18: LOAD_LOCAL x#2
   20: MAKE_ARRAY 1
   22: CLOSURE <lambda>
   24: CALL_HOST MAP, 2
   27: OUTPUT_VALUE
   28: RETURN

lambda <lambda>(n)  ; 1 slots, 9 words
    0: LOAD_LOCAL n#0
      ; MAP([x], (n) -> f(n) * 3)
    2: CALL_FN f, 1
    5: PUSH 3
    7: MUL
    8: RETURN_VALUE
`);
  });

  test(':explain tells how a variable and the parts of the last result came about', async () => {
    const { code, out } = await piped(
      'LET line = { qty: 3, price: 5 }',
      'FUNC net(l) =\n  l.qty * l.price',
      'LET total = net(line) + 1',
      'SET line.qty = 7',
      '1',
      ':explain total',
      ':explain line.qty',
      '{ gross: total * 2, lines: [line] }',
      ':explain gross',
      ':explain lines[0].price',
      ':explain',
      'OUTPUT { v: total };',
      ':explain v',
      ':explain input',
      'LET f = (n) -> n',
      ':explain f',
    );
    expect(out).toBe(`net
1
total = 16   ← entry 3: LET total = net(line) + 1
├─ net({qty: 3, price: 5}) = 15   ← entry 2:2: l.qty * l.price
│  ├─ line.qty = 3
│  └─ line.price = 5
└─ 1 (literal)
line.qty = 7   ← entry 4: SET line.qty = 7
{"gross":32,"lines":[{"qty":7,"price":5}]}
gross = 32   ← entry 6: { gross: total * 2, lines: [line] }
├─ total = 16
└─ 2 (literal)
lines[0].price = 5   ← entry 6: { gross: total * 2, lines: [line] }
└─ line.price = 5
result = {gross: 32, lines: [object]}   ← entry 6: { gross: total * 2, lines: [line] }
├─ total = 16
├─ 2 (literal)
└─ line = {qty: 7, price: 5}
{"v":16}
v = 16   ← entry 7: OUTPUT { v: total };
└─ total = 16
input was given to the session; no entry has made it
f = <function>   ← entry 8: LET f = (n) -> n
`);
    expect(code).toBe(0);
  });

  test(':explain of what is not there', async () => {
    const { out, err } = await piped(':explain', ':explain a..b', 'LET total = 1', ':explain totl', ':explain total.x');
    expect(out).toBe('');
    expect(err).toBe(
      `there is no result yet to explain
:explain takes a variable or a field, like total or lines[0].price, found 'a..b'
there is no variable 'totl', and the last result has no such field; did you mean total?
total has no such part
`,
    );
  });

  test(':limits shows and sets', async () => {
    const { out, err } = await piped(':limits fuel=50,memory=1mb', '[x FOR EACH x IN RANGE(100)]', ':limits fule=1');
    expect(out).toMatch(/^fuel +50 .*\nmemory +1048576 /);
    expect(err).toContain('MR5001');
    expect(err).toContain('did you mean fuel?');
  });

  test('an error in what the session adds shows none of it', async () => {
    const { err } = await piped('LET x = 1', ':limits fuel=1', 'x');
    expect(err).toMatch(/^error\[MR5001\]: the run reached its limit of 1 fuel/);
    expect(err).not.toMatch(/the session|module-/);
  });

  test(':reset forgets', async () => {
    const { err } = await piped('LET x = 1', 'FUNC f() = 1', ':reset', 'x', 'f()');
    expect(err).toContain('there is no variable `x`');
    expect(err).toContain('there is no function `f`');
  });

  test('one that is not there', async () => {
    expect((await piped(':quti')).err).toContain('did you mean :quit?');
    expect((await piped(':')).err).toContain(':help lists them');
  });
});

describe('at a terminal', () => {
  test('prompts, several lines, errors in the same place', async () => {
    const terminal = new Terminal();
    await terminal.type('', '> ');
    await terminal.type('(1 +\r', '… ');
    await terminal.type('2)\r', '3\n');
    await terminal.type('zz\r', 'error[MR2001]');
    expect(await terminal.end()).toBe(0);
  });

  test('Tab completes names, functions, fields, commands', async () => {
    const terminal = new Terminal();
    await terminal.type('LET customer = { name: { first: "Ada" } }\r', '> ');
    await terminal.type('cust\t.na\t.fi\t\r', '"Ada"\n');
    await terminal.type('FUNC myOwn(n) = n\r', 'myOwn\n');
    await terminal.type('myO\t(7)\r', '7\n');
    await terminal.type('substring_af\t("a=b", "=")\r', '"b"\n');
    await terminal.type('SUBSTR\t\t', 'SUBSTRING_BEFORE');
    await terminal.type('\u0015:lim\t\r', 'nesting');
    expect(await terminal.end()).toBe(0);
  });

  test('Ctrl-C leaves an entry, and a run', async () => {
    const terminal = new Terminal();
    await terminal.type('(1 +\r', '… ');
    await terminal.type('\u0003', '(:quit leaves)');
    await terminal.type('5\r', '5\n');
    await terminal.type('half typed\u0003', '(:quit leaves)');
    await terminal.type('6\r', '6\n');
    await terminal.type(':limits fuel=1e15,deadlineMs=60000\r', 'nesting');
    await terminal.type(
      'LENGTH([1 FOR EACH x IN RANGE(30000) WHERE LENGTH([y FOR EACH y IN RANGE(30000)]) < 0])\r',
      '\n',
    );
    await terminal.type('\u0003', 'MR5');
    await terminal.type('7\r', '7\n');
    expect(await terminal.end()).toBe(0);
  });

  test('entries are kept from one session to the next', async () => {
    const file = path.join(folder, 'deep/history');
    const first = new Terminal(file);
    await first.type('40 + 1\r', '41\n');
    await first.type('40 + 2\r', '42\n');
    await first.end();
    expect(readFileSync(file, 'utf8')).toBe('40 + 1\n40 + 2\n');
    const second = new Terminal(file);
    await second.type('\u001b[A\u001b[A\r', '41\n');
    await second.end();
    expect(readFileSync(file, 'utf8')).toBe('40 + 2\n40 + 1\n');
  });
});
