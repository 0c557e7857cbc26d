/**
 * Where texts and records come from: a file or stdin, strict UTF-8.
 *
 * Promises: stdin is read once at most; a stream is read chunk by chunk, never as a whole.
 */
import { createReadStream, fstatSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { CliFailure } from './failure.ts';
import { readIoFailure } from './io-failure.ts';

const CHUNK_SIZE = 1 << 18;
export const STDIN = '-';
/** V8's longest string has 2^29 − 24 units. */
const MAX_TEXT_BYTES = 2 ** 29 - 24;

export async function readText(path: string): Promise<string> {
  return decodeUtf8(await readBytes(path), displayName(path));
}

export async function readBytes(path: string): Promise<Uint8Array> {
  if ((sizeOf(path) ?? 0) > MAX_TEXT_BYTES) throw tooLarge(displayName(path));
  return path === STDIN ? readStdin() : guarded(path, readFile(path));
}

/** Chunks of bytes of a file or stdin; they end when `signal` says so. */
export async function* readChunks(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = path === STDIN ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_SIZE });
  const stop = () => stream.destroy();
  signal?.addEventListener('abort', stop);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (signal?.aborted !== true) throw readIoFailure(displayName(path), error);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** In bytes, of a regular file; also of one that stdin is redirected to. */
export function sizeOf(path: string): number | undefined {
  try {
    const stat = path === STDIN ? fstatSync(0) : statSync(path);
    return stat.isFile() ? stat.size : undefined;
  } catch {
    return undefined;
  }
}

/** How messages call a path. */
export function displayName(path: string): string {
  return path === STDIN ? 'stdin' : path;
}

/** True when something is piped or redirected into the process: a terminal and the null device say nothing. */
export function isStdinPiped(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  } catch {
    return false;
  }
}

/** True when a person types into stdin. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true;
}

export function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CliFailure('input', `${name} is not UTF-8`);
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readChunks(STDIN)) {
    length += chunk.length;
    if (length > MAX_TEXT_BYTES) throw tooLarge('stdin');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string): CliFailure {
  const help = "--each '$.path[*]' walks a JSON document of any size, --from ndjson and csv take any number of records";
  return new CliFailure('input', `${name} is larger than 512 MB, too large for one value; ${help}`);
}

async function guarded<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw readIoFailure(displayName(path), error);
  }
}
