/**
 * Runs the built command again and again in one process, each time with a folder, arguments, environment and stdin of its
 * own: starting a process costs ten times what most commands do. Requests and answers are lines of JSON in named pipes.
 *
 * A command that would not end as a process, because it leaves something open, is reported as such.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const LEFT_OPEN_MS = 1_000;

const [tool, folderOfPipes] = process.argv.slice(2);
process.on('exit', () => rmSync(folderOfPipes, { recursive: true }));
const requests = openSync(path.join(folderOfPipes, 'requests'), 'r');
const answers = openSync(path.join(folderOfPipes, 'answers'), 'w');
const exit = process.exit.bind(process);

let count = 0;
for (let line = readLine(); line !== null; line = readLine()) {
  const answer = await outcomeOf(JSON.parse(line));
  let rest = Buffer.from(`${JSON.stringify(answer)}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(answers, rest));
}
exit(0);

async function outcomeOf({ args, folder, env, input }) {
  await delay(0);
  const before = openResources();
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, tool, ...args];
  process.exitCode = undefined;
  process.exit = () => {
    throw new Error('the command called process.exit()');
  };
  const out = [];
  const err = [];
  giveStdin(input === null ? '/dev/null' : path.join(folderOfPipes, 'stdin'));
  give('stdin', Readable.from(input === null ? [] : [Buffer.from(input, 'base64')], { objectMode: false }));
  give('stdout', collector(out));
  give('stderr', collector(err));
  try {
    // The entry anew, what it imports only once.
    await import(`${pathToFileURL(tool).href}?${count++}`);
    await closed(before);
  } catch (error) {
    process.exitCode = 1;
    err.push(Buffer.from(String(error?.stack ?? error)));
  }
  return { code: process.exitCode ?? 0, out: textOf(out), err: textOf(err) };
}

/** What commands see when they look at the descriptor: a pipe, or nothing. */
function giveStdin(file) {
  closeSync(0);
  // The lowest that is free.
  if (openSync(file, 'r+') !== 0) throw new Error('stdin is another descriptor');
}

function give(name, stream) {
  Object.defineProperty(process, name, { value: stream, configurable: true });
}

function collector(chunks) {
  return new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
}

function textOf(chunks) {
  return Buffer.concat(chunks).toString('utf8');
}

function openResources() {
  return process.getActiveResourcesInfo().length;
}

async function closed(before) {
  for (let waited = 0; openResources() > before; waited++) {
    if (waited > LEFT_OPEN_MS) throw new Error(`left open: ${process.getActiveResourcesInfo().join()}`);
    await delay(1);
  }
}

function readLine() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.alloc(1 << 16);
    const length = readSync(requests, chunk);
    if (length === 0) return null;
    chunks.push(chunk.subarray(0, length));
    // There is one request at a time.
    if (chunk[length - 1] === 10) return Buffer.concat(chunks).toString('utf8');
  }
}
