/**
 * `run --shared-file|--shared-dir|--shared-glob RESOURCE=PATH`: SHARED resources that hold the contents of files before the
 * program starts.
 *
 * Promises: only resources that the program declares are filled; a key of a SINGLE one is set by one file, that of a MANY by
 * the last; files are taken in the order of their paths. Nothing runs before all files are read.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { suggestName } from '../base/suggest.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import type { MemoryStore } from '../engine/memory-store.ts';
import { type Reading, valueReader } from '../formats/codecs.ts';
import { FormatError } from '../formats/format-error.ts';
import type { ParsedArguments } from './arguments.ts';
import { CliFailure, usageFailure } from './failure.ts';
import { readFailure } from './formats.ts';
import { parseGlob } from './glob.ts';
import { readText } from './input.ts';
import { readIoFailure } from './io-failure.ts';
import type { SHARED_FORMATS, SHARED_KEYS } from './shared-flags.ts';

type SharedFormat = (typeof SHARED_FORMATS)[number];
type KeyMode = (typeof SHARED_KEYS)[number];

const SOURCES = ['shared-file', 'shared-dir', 'shared-glob'] as const;
type Source = (typeof SOURCES)[number];

/** What one flag asks for. */
interface Wish {
  readonly source: Source;
  readonly resource: string;
  /** Given by the user, with keys of their own making. */
  readonly key: string | undefined;
  readonly path: string;
}

interface Found {
  readonly file: string;
  /** With `/` between its parts. */
  readonly relative: string;
}

/** @throws CliFailure of kind `usage`, `input` or `io`. */
export async function fillShared(
  args: ParsedArguments,
  program: Pick<LoadedModule, 'shared'>,
  store: MemoryStore,
  reading: Reading,
): Promise<void> {
  const keyMode = (args.text('shared-key') ?? 'relative') as KeyMode;
  const flag = ['shared-key', 'shared-format'].find((name) => args.has(name));
  if (flag !== undefined && !SOURCES.some((source) => args.has(source)))
    throw usageFailure(`--${flag} says how files are shared; give ${SOURCES.map((name) => `--${name}`).join(', ')}`);
  const wishes = SOURCES.flatMap((source) => args.texts(source).map((text) => parseWish(source, text, keyMode)));
  const read = await readerOf((args.text('shared-format') ?? 'text') as SharedFormat, reading);
  const modes = new Map(program.shared.map(({ name, mode }) => [name, mode]));
  for (const { resource } of wishes) if (!modes.has(resource)) throw undeclared(resource, [...modes.keys()]);
  for (const [name, mode] of modes) store.addResource(name, mode);
  for (const wish of wishes) {
    for (const found of await filesOf(wish)) {
      const key = keyOf(wish, found, keyMode);
      const value = await read(found.file);
      if (value === null) throw new CliFailure('input', `${found.file}: null cannot be shared; it stands for no value`);
      if (!store.setOnce(wish.resource, key, value))
        throw new CliFailure(
          'input',
          `${found.file}: the key '${key}' of ${wish.resource}, which is SINGLE, is set already`,
        );
    }
  }
}

function parseWish(source: Source, text: string, keyMode: KeyMode): Wish {
  const parts = text.split('=');
  const [resource = '', second = ''] = parts;
  const isCustom = keyMode === 'custom';
  const rest = parts.slice(isCustom ? 2 : 1).join('=');
  if (resource === '' || rest === '' || (isCustom && second === ''))
    throw usageFailure(`--${source} takes RESOURCE=${isCustom ? 'KEY=' : ''}PATH, found '${text}'`);
  return { source, resource, key: isCustom ? second : undefined, path: rest };
}

function undeclared(resource: string, names: readonly string[]): CliFailure {
  const near = suggestName(resource, names);
  const help =
    near !== undefined
      ? `did you mean ${near}?`
      : names.length > 0
        ? `it declares ${names.join(', ')}`
        : `a line 'SHARED ${resource} MANY' declares it`;
  return usageFailure(`the program declares no SHARED resource '${resource}'; ${help}`);
}

async function filesOf({ source, path: name }: Wish): Promise<readonly Found[]> {
  if (source === 'shared-file') return [{ file: name, relative: withSlashes(path.relative('', name)) }];
  const glob = source === 'shared-glob' ? parseGlob(withSlashes(name)) : { root: name, matches: () => true };
  const found = (await filesBelow(glob.root)).filter(({ relative }) => glob.matches(relative));
  if (found.length === 0) throw new CliFailure('input', `--${source}: there is no file at ${name}`);
  return found;
}

/** In the order of their paths. Links to files are files, links to folders are not followed. */
async function filesBelow(root: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  const pending = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const folder = path.join(root, at);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw readIoFailure(folder, error);
    });
    for (const entry of entries) {
      const relative = at === '' ? entry.name : `${at}/${entry.name}`;
      const file = path.join(root, relative);
      if (entry.isDirectory()) pending.push(relative);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(file)))) found.push({ file, relative });
    }
  }
  return found.sort((a, b) => (a.relative < b.relative ? -1 : 1));
}

function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (s) => s.isFile(),
    () => false,
  );
}

function keyOf({ source, key }: Wish, { relative }: Found, keyMode: KeyMode): string {
  if (key !== undefined) return source === 'shared-file' ? key : `${key}/${relative}`;
  return (keyMode === 'basename' ? path.posix.basename(relative) : relative) || 'value';
}

function withSlashes(name: string): string {
  return path.sep === '/' ? name : name.replaceAll(path.sep, '/');
}

/** Reads a file as a value. A text is the value itself. */
async function readerOf(format: SharedFormat, reading: Reading): Promise<(file: string) => Promise<unknown>> {
  if (format === 'text') return readText;
  const read = await valueReader(format, reading);
  return async (file) => {
    const text = await readText(file);
    try {
      return text.trim() === '' ? {} : read(text);
    } catch (error) {
      throw error instanceof FormatError ? readFailure(file, error) : error;
    }
  };
}
