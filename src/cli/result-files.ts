/**
 * Where a single result goes beside stdout: a part of it, raw, into files, or as files that the program itself names.
 *
 * Promises: nothing is written before every name is known to be good; files are written whole. Security: names that a
 * program gives stay below the folder that the user gave, links included; only the user may name places outside of it.
 */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { recordsWriter } from '../formats/codecs.ts';
import type { OutputFormat } from '../formats/names.ts';
import { scalarText } from '../formats/scalar-text.ts';
import type { ParsedArguments } from './arguments.ts';
import { CliFailure, usageFailure } from './failure.ts';
import type { Formats } from './formats.ts';
import { type OutputStep, parseOutputPath, selectPath } from './output-path.ts';
import { replaceFile } from './write-file.ts';

/** Delivers one result: `render` is how it would be printed as a whole. Resolves to what is to be printed. */
export type Delivery = (result: unknown, render: (value: unknown) => string) => Promise<string>;

/** @throws CliFailure of kind `usage` for flags that cannot be read. */
export async function readDelivery(args: ParsedArguments, formats: Formats): Promise<Delivery> {
  const plan = readOutputPlan(args);
  const lineWriter = await recordsWriter(lineFormatOf(formats.to), { ...formats, isStream: true });
  const [extension = formats.to] = formats.to.split('-');
  const line = (value: unknown) => lineWriter([value]).replace(/\n$/, '');
  return (result, render) => deliverResult(plan, result, { text: render, line, extension });
}

function lineFormatOf(format: OutputFormat): OutputFormat {
  if (format === 'xml' || format === 'xml-compact') return 'xml-compact';
  return format === 'json-canonical' ? format : 'json-compact';
}

/** What the flags of output say. */
interface OutputPlan {
  readonly path: readonly OutputStep[];
  readonly isRaw: boolean;
  readonly file: string | null;
  readonly lines: string | null;
  readonly files: FilesPlan | null;
}

interface FilesPlan {
  readonly folder: string;
  readonly places: ReadonlyMap<string, string>;
}

/** How the chosen format prints. */
interface ResultPrinter {
  /** The text of a file, line end included. */
  readonly text: (value: unknown) => string;
  /** On one line, without its end. */
  readonly line: (value: unknown) => string;
  /** Of files without a name: `json`, `xml`; with an l behind it where lines stand. */
  readonly extension: string;
}

function readOutputPlan(args: ParsedArguments): OutputPlan {
  const pathText = args.text('output-path');
  const folder = args.text('write-output-dir');
  const places = new Map(args.texts('write-output-file').map(placeOf));
  const writes = args.has('write-output') || folder !== undefined || places.size > 0;
  return {
    path: pathText === undefined ? [] : parseOutputPath(pathText),
    isRaw: args.has('output-raw'),
    file: args.text('output-file') ?? null,
    lines: args.text('output-lines') ?? null,
    files: writes ? { folder: folder ?? '.', places } : null,
  };
}

/** Writes the files; resolves to what is to be printed. */
async function deliverResult(plan: OutputPlan, result: unknown, printer: ResultPrinter): Promise<string> {
  if (plan.files !== null) await writeNamedFiles(plan.files, result, printer);
  const selected = selectPath(result, plan.path);
  const text = plan.isRaw ? rawText(selected, printer) : printer.text(selected);
  if (plan.file !== null) await replaceFile(await inFolder(plan.file, `output.${printer.extension}`), text);
  if (plan.lines !== null) {
    const values: readonly unknown[] = Array.isArray(selected) ? selected : [selected];
    const lines = values.map((value) => `${printer.line(value)}\n`).join('');
    await replaceFile(await inFolder(plan.lines, `output.${printer.extension}l`), lines);
  }
  return text;
}

function rawText(value: unknown, printer: ResultPrinter): string {
  if (value === null || value === undefined) return '';
  const text = scalarText(value, () => undefined);
  return text === undefined ? printer.text(value) : `${text}\n`;
}

/** A path that is a folder, or ends like one, stands for a file in it. */
async function inFolder(file: string, name: string): Promise<string> {
  const isFolder = /[\\/]$/.test(file) || (await isExistingFolder(file));
  return isFolder ? path.join(file, name) : file;
}

function isExistingFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (s) => s.isDirectory(),
    () => false,
  );
}

// --- files that the program names

function placeOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw usageFailure(`--write-output-file takes NAME=FILE, found '${text}'`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function writeNamedFiles({ folder, places }: FilesPlan, result: unknown, printer: ResultPrinter): Promise<void> {
  const files = namedFiles(result);
  const names = new Set(files.map(({ name }) => name));
  const absent = [...places.keys()].find((name) => !names.has(name));
  if (absent !== undefined) throw badFiles(`it has no file '${absent}', which --write-output-file asks for`);
  const targets: { readonly target: string; readonly content: string | Uint8Array }[] = [];
  for (const { name, contents } of files) {
    const target = places.get(name) ?? (await targetBelow(folder, name));
    const isPlain = typeof contents === 'string' || contents instanceof Uint8Array;
    targets.push({ target, content: isPlain ? contents : printer.text(contents) });
  }
  for (const { target, content } of targets) await replaceFile(target, content);
}

function namedFiles(result: unknown): readonly { readonly name: string; readonly contents: unknown }[] {
  const files = selectPath(result, [{ kind: 'field', name: 'files' }]);
  if (typeof files !== 'object' || files === null) throw badFiles('it has no `files`, an object or a list');
  const named = Array.isArray(files)
    ? files.map(namedFile)
    : Object.entries(files).map(([name, contents]) => ({ name, contents: contents as unknown }));
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name)) throw badFiles(`two files are named '${name}'`);
    seen.add(name);
  }
  return named;
}

function namedFile(file: unknown, index: number): { readonly name: string; readonly contents: unknown } {
  const field = (name: string) => selectPath(file, [{ kind: 'field', name }]);
  const name = field('name') ?? field('id');
  if (typeof name !== 'string') throw badFiles(`files[${index}] has no \`name\` or \`id\` that is a text`);
  if (typeof file !== 'object' || file === null || !Object.hasOwn(file, 'contents'))
    throw badFiles(`files[${index}] has no \`contents\``);
  return { name, contents: field('contents') };
}

/** Security: a name is relative, goes down only, and no link on the way leads out of the folder. */
async function targetBelow(folder: string, name: string): Promise<string> {
  const parts = name.split(/[\\/]/);
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..') && !/^[A-Za-z]:|\0/.test(name);
  if (!isPlain) throw badFiles(`the name '${name}' does not stay below the folder ${folder}`);
  const base = await realpath(folder).catch(() => path.resolve(folder));
  const target = path.join(base, ...parts);
  const real = await realOf(target);
  if (!real.startsWith(base.endsWith(path.sep) ? base : base + path.sep))
    throw badFiles(`a link leads the file '${name}' out of the folder ${folder}`);
  return target;
}

/** The real path of as much of a path as there is, with the rest behind it. */
async function realOf(target: string): Promise<string> {
  const rest: string[] = [];
  for (let at = target; ; at = path.dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return path.join(real, ...rest);
    if (path.dirname(at) === at) return target;
    rest.unshift(path.basename(at));
  }
}

function badFiles(fact: string): CliFailure {
  return new CliFailure('runtime', `--write-output cannot write the result: ${fact}`);
}
