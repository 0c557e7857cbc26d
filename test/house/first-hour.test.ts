/**
 * The first hour of someone whose customers write transformations: map, test, run over a file and behind HTTP, then try to
 * break it. Holds the promises made to them: attacks end in typed errors or right results while the host's timers go on,
 * numbers arrive unchanged, the speed is there, and a text means the same in a browser.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Library from '../../src/index.ts';
import { Workplace } from '../cli/command.ts';
import { ROOT } from './project.ts';

const { createHost, LimitError, LoadError, MillraceError, parse, RunError, stringify }: typeof Library = await import(
  `${ROOT}dist/index.js`
);

/** A lookup table, a date, a group-by, renamed fields and exact money: what customers ask for first. */
const ORDER = `// input: {"id":12345678901234567890,"placed":"21.11.2026","country":"DE","lines":[{"group":"food","qty":3,"price":"0.10"},{"group":"home","qty":1,"price":"49.00"}]}
// expect: {"orderId":12345678901234567890,"day":"2026-11-21","market":"Germany","totals":{"food":{"$dec":"0.30"},"home":{"$dec":"49.00"}},"net":{"$dec":"49.30"}}
TRANSFORM Order {
  LET markets = { DE: "Germany", FR: "France" };
  LET amounts = [{ group: l.group, amount: DEC(l.price) * l.qty } FOR EACH l IN input.lines];
  OUTPUT {
    orderId: input.id,
    day: DATE_PARSE(input.placed, "d.M.yyyy"),
    market: markets[input.country] ?? "other",
    totals: MAP_VALUES(GROUP_BY(amounts, (a) -> a.group), (group) -> SUM(MAP(group, (a) -> a.amount))),
    net: SUM(MAP(amounts, (a) -> a.amount))
  };
}
`;
const ORDERS = [
  '{"id":12345678901234567890,"placed":"21.11.2026","country":"DE","lines":[{"group":"food","qty":3,"price":"0.10"}]}',
  '{"id":98765432109876543210,"placed":"1.2.2026","country":"US","lines":[{"group":"home","qty":2,"price":"1.005"}]}',
];
const MAPPED = [
  '{"orderId":12345678901234567890,"day":"2026-11-21","market":"Germany","totals":{"food":0.30},"net":0.30}',
  '{"orderId":98765432109876543210,"day":"2026-02-01","market":"other","totals":{"home":2.010},"net":2.010}',
];

describe('on the command line', () => {
  const files = { 'order.bl': ORDER, 'order.json': ORDERS[0] as string, 'orders.ndjson': `${ORDERS.join('\n')}\n` };

  it('maps a JSON of one’s own', () => {
    using place = new Workplace(files);
    const { code, out } = place.millrace(['run', 'order.bl', 'order.json', '--to', 'json-compact']);
    expect([code, out]).toEqual([
      0,
      '{"orderId":"12345678901234567890","day":"2026-11-21","market":"Germany","totals":{"food":"0.30"},"net":"0.30"}\n',
    ]);
  });

  it('runs the test beside the mapping, and says what came out instead', () => {
    using place = new Workplace({ ...files, 'broken.bl': ORDER.replace('DEC(l.price) * l.qty', 'DEC(l.price)') });
    expect(place.millrace(['test', 'order.bl'])).toMatchObject({ code: 0, out: expect.stringContaining('1 passed') });
    const broken = place.millrace(['test', 'broken.bl']);
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('$.totals.food["$dec"]: wanted "0.30", found "0.10"');
  });

  it('maps a file of records, every digit kept', () => {
    using place = new Workplace(files);
    const { code, out } = place.shell('$MILLRACE run order.bl orders.ndjson --json-numbers extended');
    expect([code, out]).toEqual([0, `${MAPPED.join('\n')}\n`]);
  });

  it('answers a slip with the place and what to write instead', () => {
    using place = new Workplace({ ...files, 'slip.bl': ORDER.replace('input.placed', 'input.date.placed') });
    place.write('typo.bl', ORDER.replace('GROUP_BY(amounts', 'GROUP_BY(amuonts'));
    const slip = place.millrace(['run', 'slip.bl', 'order.json']);
    expect(slip.err).toContain('slip.bl:8:21');
    expect(slip.err).toContain('`.placed` is read from null');
    expect(slip.err).toContain('(… ?? {}).placed');
    expect(place.millrace(['check', 'typo.bl']).err).toContain('did you mean `amounts`');
  });
});

/** What a product sets for its customers' programs. */
const LIMITS = { fuel: 5_000_000, memory: 16 << 20, deadlineMs: 2_000 };
const host = createHost({ limits: LIMITS });

describe('behind HTTP', () => {
  let server: Server;
  let address: string;

  beforeAll(async () => {
    const program = await host.load(ORDER, { id: 'customers/order' });
    server = createServer(async (request, response) => {
      try {
        const record = parse(await text(request));
        response.end(stringify(await program.runAsync('Order', record), { numbers: 'extended' }));
      } catch (error) {
        response.statusCode = error instanceof LimitError ? 503 : error instanceof RunError ? 422 : 400;
        response.end(error instanceof MillraceError ? error.code : 'unknown');
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server.close());

  const post = async (body: string): Promise<readonly [number, string]> => {
    const response = await fetch(address, { method: 'POST', body });
    return [response.status, await response.text()];
  };

  it('maps bodies, every digit kept', async () => {
    expect(await Promise.all(ORDERS.map(post))).toEqual(MAPPED.map((mapped) => [200, mapped]));
  });

  it('tells a body that is no JSON, or too deep, from one that the program cannot use', async () => {
    expect(await post('{"id":')).toEqual([400, 'MR6025']);
    expect(await post('['.repeat(1_000_000))).toEqual([400, 'MR6025']);
    expect(await post('{"id":1,"placed":"tomorrow","lines":[]}')).toEqual([422, 'MR6013']);
  });
});

const MAX_LATENESS_MS = 20;
/** Reading a text is not cut into slices: of the longest that is allowed it takes this long at most. */
const MAX_REFUSAL_MS = 1_000;
const TICK_MS = 5;
const ATTEMPTS = 5;
const THREAD = `/proc/self/task/${process.pid}/schedstat`;

interface Attack {
  readonly title: string;
  /** How it ends: the code of its error, or the result. */
  readonly ends: unknown;
  readonly body: string;
  readonly declarations?: string;
  readonly input?: unknown;
}

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

const ATTACKS: readonly Attack[] = [
  {
    title: 'an endless loop',
    ends: 'MR5001',
    body: '[0 FOR EACH i IN RANGE(9999) WHERE [0 FOR EACH j IN RANGE(9999) WHERE i < 0] != []]',
  },
  { title: 'endless recursion', ends: 'MR5003', declarations: 'FUNC f(n) = f(n + 1) + 1;', body: 'f(0)' },
  {
    title: 'a loop of costly operations',
    ends: 'MR5001',
    body: '[0 FOR EACH i IN RANGE(9999) WHERE input * input == 0]',
    input: parse(`${'9'.repeat(9_000)}.5`),
  },
  { title: 'a text of 1 GB', ends: 'MR5002', body: 'LENGTH(REPEAT("x", 1000000000))' },
  { title: 'a text that doubles', ends: 'MR5002', body: 'LENGTH(REDUCE(RANGE(99), "ab", (t, i) -> t + t))' },
  {
    title: 'a regular expression that backtracks elsewhere',
    ends: [],
    body: 'MATCH(input, "^(a+)+$")',
    input: `${'a'.repeat(1_000)}!`,
  },
  { title: 'a deep value', ends: 'MR5006', body: 'input', input: nested(100_000) },
  { title: 'a deep value that is built', ends: 'MR5006', body: 'REDUCE(RANGE(9999), [], (t, i) -> [t])' },
  {
    title: 'the prototype in the input',
    ends: null,
    body: 'input.admin',
    input: parse('{"__proto__":{"admin":true}}'),
  },
  { title: 'the prototype as a key', ends: '{"__proto__":7}', body: 'JSON_STRING({ ["__proto__"]: input })', input: 7 },
  { title: 'an id of 20 digits', ends: 98765432109876543210n, body: 'input', input: parse('98765432109876543210') },
  { title: 'money added as decimals', ends: '0.3', body: 'STRING(DEC(input[0]) + DEC(input[1]))', input: [0.1, 0.2] },
  { title: 'money mixed with floats', ends: 'MR6002', body: 'DEC("0.1") + 0.2' },
];

describe('attacks end as they should while the timers of the host go on', () => {
  for (const { title, ends, body, declarations = '', input } of ATTACKS) {
    it(title, async () => {
      const tried = typeof ends === 'string' && ends.startsWith('MR5') ? `TRY (${body}) CATCH (e) -> "caught"` : body;
      const program = await host.load(`${declarations}\nTRANSFORM T { OUTPUT { v: ${tried} }; }`);
      const latenesses: number[] = [];
      do {
        latenesses.push(await worstLatenessDuring(async () => expect(await endOf(program, input)).toEqual(ends)));
      } while ((latenesses.at(-1) as number) >= MAX_LATENESS_MS && latenesses.length < ATTEMPTS);
      expect(Math.min(...latenesses), `late by ${latenesses.join(', ')} ms`).toBeLessThan(MAX_LATENESS_MS);
    });
  }

  it('this notices work that holds the event loop', async () => {
    const program = await host.load(
      'TRANSFORM T { FOR EACH i IN RANGE(999) { FOR EACH j IN RANGE(9999) { LET x = i; } } }',
    );
    const lateness = await worstLatenessDuring(async () => {
      expect(() => program.run('T', null)).toThrow(LimitError);
    });
    expect(lateness).toBeGreaterThan(MAX_LATENESS_MS);
  });
});

describe('before a text is saved', () => {
  const SAMPLE = parse(ORDERS[0] as string);
  /** What a product asks before it keeps a customer's text: does it load, and does it run on a sample within small limits? */
  const check = async (source: string): Promise<readonly string[]> => {
    try {
      const program = await host.load(source);
      await program.runAsync(undefined, SAMPLE, { limits: { fuel: 10_000, memory: 1 << 20 } });
      return [];
    } catch (error) {
      if (error instanceof LoadError) return error.diagnostics.map((d) => d.code);
      if (error instanceof MillraceError) return [error.code];
      throw error;
    }
  };

  it('it is checked, and run dry under limits', async () => {
    expect(await check(ORDER)).toEqual([]);
    expect(await check('OUTPUT { a: inptu.id, b: amount };')).toEqual(['MR2001', 'MR2001']);
    expect(await check('IMPORT "host:files" AS files;\nTRANSFORM T { OUTPUT files.read("/etc/passwd"); }')).toEqual([
      'MR4001',
    ]);
    expect(await check('OUTPUT { a: input.customer.name };')).toEqual(['MR6005']);
    expect(await check('OUTPUT { a: [i FOR EACH i IN RANGE(99999)] };')).toEqual(['MR5001']);
  });

  it('a hostile text is refused without holding the host', async () => {
    const texts = [
      `OUTPUT { a: ${'['.repeat(500_000)} };`,
      ') '.repeat(500_000),
      `OUTPUT { a: "${'x'.repeat(2_000_000)}" };`,
    ];
    const codes: string[][] = [];
    const latenesses: number[] = [];
    for (const source of texts) {
      latenesses.push(
        await worstLatenessDuring(async () => {
          codes.push([...(await check(source))]);
        }),
      );
    }
    expect(codes.map(([first]) => first)).toEqual(['MR1003', 'MR1001', 'MR1002']);
    expect(Math.max(...latenesses)).toBeLessThan(MAX_REFUSAL_MS);
  });
});

/** The bar is 100,000 records for each second of one core; a gate is half of a bar, because machines are noisy. */
const MIN_RECORDS_PER_SECOND = 50_000;
const RECORD_COUNT = 50_000;

describe('speed', () => {
  it('small records are mapped fast enough, from text to text', async () => {
    const program = await host.load(`TRANSFORM Row {
      OUTPUT { id: input.id, name: UPPER(input.name), cents: input.qty * input.price, isLarge: input.qty > 5 };
    }`);
    const row = program.get('Row');
    const lines = Array.from({ length: RECORD_COUNT }, (_, i) =>
      JSON.stringify({ id: i, name: `item ${i % 97}`, qty: i % 11, price: 250 }),
    );
    expect(stringify(row(parse(lines[6] as string)))).toBe('{"id":6,"name":"ITEM 6","cents":1500,"isLarge":true}');
    const rates: number[] = [];
    do {
      const start = processorTime();
      for (const line of lines) stringify(row(parse(line)));
      rates.push((RECORD_COUNT * 1_000) / (processorTime() - start));
    } while ((rates.at(-1) as number) < MIN_RECORDS_PER_SECOND && rates.length < ATTEMPTS);
    expect(Math.max(...rates)).toBeGreaterThan(MIN_RECORDS_PER_SECOND);
  });
});

describe('in a browser', () => {
  it('the same text gives the same result', async () => {
    const sources = [
      ORDER,
      ...ATTACKS.map(({ declarations = '', body }) => `${declarations}\nTRANSFORM T { OUTPUT { v: ${body} }; }`),
    ];
    const inputs = [...ORDERS, '"aaa!"', '{"__proto__":{"admin":true}}', '[0.1,0.2]', '0.30000000000000000000'];
    const cases = sources.flatMap((source) => inputs.map((input) => [source, input]));
    const here: string[] = [];
    // Both must end at the same limit, however busy the machine is.
    const limits = { ...LIMITS, deadlineMs: 60_000 };
    const server = createHost({ limits });
    for (const [source, input] of cases) here.push(await outcomeOf(server, source as string, input as string));
    expect(new Set(here).size).toBeGreaterThan(10);
    const command = ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '--eval', BROWSER];
    const options = {
      cwd: ROOT,
      input: JSON.stringify({ cases, limits }),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    } as const;
    const { stdout, stderr } = spawnSync(process.execPath, command, options);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(here);
  });
});

/** Runs the library in a realm that has the language and what all browsers add to it, but nothing of Node's. */
const BROWSER = `
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
const context = vm.createContext({ setTimeout, clearTimeout, queueMicrotask, request: await text(process.stdin) });
const modules = new Map();
const resolve = (specifier, from) => (specifier.startsWith('.') ? new URL(specifier, from).href : import.meta.resolve(specifier));
function moduleAt(url) {
  const importModuleDynamically = (specifier) => ready(resolve(specifier, url));
  if (!modules.has(url))
    modules.set(url, new vm.SourceTextModule(readFileSync(new URL(url), 'utf8'), { context, identifier: url, importModuleDynamically }));
  return modules.get(url);
}
async function ready(url) {
  const module = moduleAt(url);
  if (module.status === 'unlinked') await module.link((specifier, { identifier }) => moduleAt(resolve(specifier, identifier)));
  await module.evaluate();
  return module;
}
context.library = (await ready(pathToFileURL('dist/index.js').href)).namespace;
const answer = await vm.runInContext(\`(async () => {
  if (typeof process + typeof Buffer + typeof require !== 'undefined'.repeat(3)) throw new Error('this is no browser');
  const { cases, limits } = JSON.parse(request);
  const { createHost, parse, stringify } = library;
  const host = createHost({ limits });
  const outcomes = [];
  for (const [source, input] of cases) {
    try {
      const program = await host.load(source);
      outcomes.push(stringify(await program.runAsync(undefined, parse(input)), { numbers: 'extended' }));
    } catch (error) {
      outcomes.push(String(error));
    }
  }
  return JSON.stringify(outcomes);
})()\`, context);
console.log(answer);
`;

async function outcomeOf(server: Library.Host, source: string, input: string): Promise<string> {
  try {
    const program = await server.load(source);
    return stringify(await program.runAsync(undefined, parse(input)), { numbers: 'extended' });
  } catch (error) {
    return String(error);
  }
}

async function endOf(program: Library.LoadedModule, input: unknown): Promise<unknown> {
  try {
    return ((await program.runAsync('T', input)) as { readonly v: unknown }).v;
  } catch (error) {
    if (error instanceof RunError) return error.code;
    throw error;
  }
}

/**
 * By how many milliseconds a timer was late at worst because this thread was at work. Why processor time bounds it: on a
 * busy machine the timers of an idle process are late too, but then the thread has not computed meanwhile.
 */
async function worstLatenessDuring(work: () => Promise<void>): Promise<number> {
  let worst = 0;
  let lastTick = performance.now();
  let lastSpent = threadTime();
  const tick = (): void => {
    const now = performance.now();
    const spent = threadTime();
    worst = Math.max(worst, Math.min(now - lastTick - TICK_MS, spent - lastSpent));
    lastTick = now;
    lastSpent = spent;
  };
  const timer = setInterval(tick, TICK_MS);
  try {
    await pause();
    worst = 0;
    await work();
    await pause();
    return worst;
  } finally {
    clearInterval(timer);
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3 * TICK_MS));

/** Processor time in milliseconds of the thread that runs JavaScript; where the system does not tell, of the whole process. */
function threadTime(): number {
  return existsSync(THREAD) ? Number(readFileSync(THREAD, 'utf8').split(' ', 1)[0]) / 1e6 : processorTime();
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
