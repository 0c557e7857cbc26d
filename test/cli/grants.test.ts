/** What `--grant` gives, and that nothing else is reached. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, TOOL, Workplace } from './command.ts';

const place = new Workplace({
  'env.bl': 'IMPORT "host:env" AS env;\nTRANSFORM T { OUTPUT { value: env.get(input.name) }; }',
  'read.bl':
    'IMPORT "host:files" AS files;\nTRANSFORM T { OUTPUT { text: TRY files.read(input.path) CATCH(e) => e.message }; }',
  'list.bl': 'IMPORT "host:files" AS files;\nTRANSFORM T { OUTPUT { names: files.list(input.path) }; }',
  'dice.bl': 'IMPORT "host:random" AS r;\nTRANSFORM T { OUTPUT { a: r.next(), b: r.next(), id: r.uuid() }; }',
  'get.bl':
    'IMPORT "host:http" AS http;\nTRANSFORM T { OUTPUT { got: TRY http.get(input.url) CATCH(e) => e.message }; }',
  'post.bl':
    'IMPORT "host:http" AS http;\nTRANSFORM T { OUTPUT { got: TRY http.post(input.url, input.value) CATCH(e) => e.message }; }',
  'data/a.txt': 'alpha',
  'data/sub/b.txt': 'beta',
  'data/bytes.bin': Uint8Array.of(0xff, 0xfe),
  'secret.txt': 'secret',
});
place.shell('ln -s ../secret.txt data/out.txt; ln -s .. data/up; ln -s sub/b.txt data/in.txt; mkfifo data/pipe');
afterAll(() => place[Symbol.dispose]());

const run = (program: string, grant: string | undefined, input: unknown): Outcome =>
  place.millrace(
    ['run', program, '--to', 'json-compact', ...(grant === undefined ? [] : ['--grant', grant])],
    JSON.stringify(input),
  );

describe('grants', () => {
  test.each(['env.bl', 'read.bl', 'dice.bl', 'get.bl'])('%s is refused without one', (program) => {
    expect(run(program, undefined, {})).toMatchObject({ code: 77, out: '' });
  });

  test.each([
    ['host:mail', "there is no capability 'host:mail' to grant"],
    ['*', "there is no capability '*' to grant"],
    ['host:*', "there is no capability 'host:*' to grant"],
    ['host:env', 'host:env has to be narrowed: --grant host:env=NAME,…'],
    ['host:env=*', "host:env takes names of variables, found '*'"],
    ['host:files', 'host:files has to be narrowed: --grant host:files=FOLDER'],
    ['host:files=none', 'there is no folder none'],
    ['host:files=secret.txt', 'there is no folder secret.txt'],
    ['host:http=*', "found '*'"],
    ['host:http=*.example', "found '*.example'"],
    ['host:http=http://a.example', "found 'http://a.example'"],
    ['host:http=a.example/path', "found 'a.example/path'"],
    ['host:http=user@a.example', "found 'user@a.example'"],
    ['host:http=PUT:a.example', "found 'PUT:a.example'"],
    ['host:http=a.example,', "found ''"],
    ['host:clock=1', "host:clock takes no value, found '1'"],
    ['host:random=1,host:random=2', 'host:random is granted twice'],
  ])('%s is a usage error', (grant, message) => {
    const { code, out, err } = run('env.bl', grant, { name: 'X' });
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 64, out: '' });
  });
});

describe('host:env', () => {
  test('gives the variables that are named, and null for one that is not set', () => {
    process.env['MILLRACE_A'] = 'one';
    process.env['MILLRACE_B'] = 'two';
    const grant = 'host:clock,host:env=MILLRACE_A,MILLRACE_NOT_SET,host:console';
    expect(run('env.bl', grant, { name: 'MILLRACE_A' })).toEqual({ code: 0, out: '{"value":"one"}\n', err: '' });
    expect(run('env.bl', grant, { name: 'MILLRACE_NOT_SET' }).out).toBe('{"value":null}\n');
    for (const name of ['MILLRACE_B', 'PATH', '__proto__']) {
      const { code, out, err } = run('env.bl', grant, { name });
      expect({ code, out }).toEqual({ code: 70, out: '' });
      expect(err).toContain('the host does not permit this call');
    }
  });
});

describe('host:files', () => {
  const read = (path: string): unknown => JSON.parse(run('read.bl', 'host:files=data', { path }).out).text;

  test('reads texts below the folder, through links that stay there', () => {
    expect(read('a.txt')).toBe('alpha');
    expect(read('sub/../sub/b.txt')).toBe('beta');
    expect(read('in.txt')).toBe('beta');
    expect(read('../data/a.txt')).toBe('alpha');
  });

  test.each(['../secret.txt', 'out.txt', 'up/secret.txt', '/etc/hostname', 'none.txt', '../none.txt', 'a\0.txt', ''])(
    'nothing is told of %j',
    (path) => {
      const told = read(path);
      if (path === '') expect(told).toContain('is no regular file');
      else expect(told).toContain(`there is no file ${JSON.stringify(path)} below the folder`);
    },
  );

  test('pipes, folders and what is not UTF-8 are refused', () => {
    expect(read('pipe')).toContain('is no regular file');
    expect(read('sub')).toContain('is no regular file');
    expect(read('bytes.bin')).toContain('is not UTF-8');
  });

  test('lists names', () => {
    const list = (path: string): Outcome => run('list.bl', 'host:files=data', { path });
    expect(JSON.parse(list('.').out).names).toEqual(['a.txt', 'bytes.bin', 'in.txt', 'out.txt', 'pipe', 'sub/', 'up']);
    expect(JSON.parse(list('sub').out).names).toEqual(['b.txt']);
    expect(list('..').code).toBe(70);
    expect(list('up').code).toBe(70);
  });
});

describe('host:random', () => {
  test('with a seed the sequence is the same in each process, and another for another seed', () => {
    const first = run('dice.bl', 'host:random=seven', {}).out;
    expect(run('dice.bl', 'host:random=seven', {}).out).toBe(first);
    expect(run('dice.bl', 'host:random=eight', {}).out).not.toBe(first);
    expect(run('dice.bl', 'host:random', {}).out).not.toBe(run('dice.bl', 'host:random', {}).out);
    const { a, b, id } = JSON.parse(first);
    expect(a).not.toBe(b);
    expect(a).toBeGreaterThanOrEqual(0);
    expect(a).toBeLessThan(1);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('a sequence fills its range evenly', () => {
    place.write(
      'many.bl',
      'IMPORT "host:random" AS r;\nTRANSFORM T { OUTPUT { xs: [r.next() FOR EACH i IN RANGE(1, 2000)] }; }',
    );
    const { code, out, err } = run('many.bl', 'host:random=1', {});
    expect(code, err).toBe(0);
    const counts = new Array<number>(10).fill(0);
    for (const x of JSON.parse(out).xs as number[])
      counts[Math.floor(x * 10)] = (counts[Math.floor(x * 10)] as number) + 1;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(60);
  });
});

describe('host:http', () => {
  const seen: string[] = [];
  let server: Server;
  let host: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push(`${request.method} ${request.url} ${body}`);
        if (request.url === '/moved') response.writeHead(302, { location: 'http://localhost:1/elsewhere' }).end();
        else if (request.url === '/large') response.end('x'.repeat((16 << 20) + 1));
        else response.writeHead(200, { 'content-type': 'text/plain' }).end(`you sent ${request.method} ${body}`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  /** Not spawnSync: the server has to answer meanwhile. */
  async function send(program: string, grant: string, input: unknown): Promise<unknown> {
    const child: ChildProcess = spawn(process.execPath, [TOOL, 'run', program, '-', '--grant', grant], {
      cwd: place.folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin?.end(JSON.stringify(input));
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
    });
    expect((await once(child, 'close'))[0]).toBe(0);
    return (JSON.parse(out) as { got: unknown }).got;
  }

  test('gets and posts', async () => {
    expect(await send('get.bl', `host:http=${host}`, { url: `http://${host}/a` })).toEqual({
      status: 200,
      type: 'text/plain',
      location: null,
      body: 'you sent GET ',
    });
    expect(
      await send('post.bl', `host:http=other.example,${host}`, { url: `http://${host}/b`, value: { n: 1 } }),
    ).toMatchObject({
      body: 'you sent POST {"n":1}',
    });
  });

  test('a redirect is an answer, not followed', async () => {
    expect(await send('get.bl', `host:http=${host}`, { url: `http://${host}/moved` })).toMatchObject({
      status: 302,
      location: 'http://localhost:1/elsewhere',
    });
  });

  test('hosts and methods that were not granted are not asked', async () => {
    seen.length = 0;
    const port = host.split(':')[1];
    const denied = 'the host does not permit this call';
    for (const url of [
      `http://localhost:${port}/`,
      `http://user:pw@${host}/`,
      `ftp://${host}/`,
      'data:,x',
      'nonsense',
      `http://${host}.example/`,
    ])
      expect(await send('get.bl', `host:http=${host}`, { url })).toContain(denied);
    expect(await send('post.bl', `host:http=GET:${host}`, { url: `http://${host}/`, value: 1 })).toContain(denied);
    expect(await send('get.bl', `host:http=POST:${host}`, { url: `http://${host}/` })).toContain(denied);
    expect(seen).toEqual([]);
    expect(await send('get.bl', `host:http=GET:${host}`, { url: `http://${host}/` })).toMatchObject({ status: 200 });
  });

  test('an answer that is too large, and a host that does not answer, are faults', async () => {
    expect(await send('get.bl', `host:http=${host}`, { url: `http://${host}/large` })).toContain('larger than 16 MB');
    expect(await send('get.bl', 'host:http=127.0.0.1:1', { url: 'http://127.0.0.1:1/' })).toMatch(
      /failed: (ECONNREFUSED|bad port|TypeError)/,
    );
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
