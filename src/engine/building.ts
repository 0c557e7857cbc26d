/**
 * From any form of a module to another: text, JSON AST and binary, and back to text from a JSON AST. Promises: what is built
 * has passed the checks that loading makes, and is the same module, with the same identity; nothing runs. A binary module
 * has lost its expressions, so it can only be built into another binary.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { LOAD_LIMITS } from '../base/limits.ts';
import { SourceText } from '../base/source.ts';
import type { SourceLines } from '../bytecode/binary.ts';
import { decodeBinary } from '../bytecode/decode.ts';
import { disassembleModule } from '../bytecode/disassemble.ts';
import { encodeBinary } from '../bytecode/encode.ts';
import { identityOf } from '../bytecode/identity.ts';
import { type ClaimTerms, signModule } from '../bytecode/signature.ts';
import { readModule } from '../front/front.ts';
import { unparseModule } from '../front/unparse.ts';
import { decodeModuleText } from '../ir/decode.ts';
import { printModule } from '../ir/encode.ts';
import type { IrModule } from '../ir/nodes.ts';
import { STANDARD } from '../std/index.ts';
import { type Admission, type Admitted, refused } from './admission.ts';
import { admit, isJsonAst } from './admit.ts';
import { LoadError, UsageError } from './errors.ts';
import { Library } from './library.ts';

/** A module as it stands in a file. */
export type ModuleFile = string | Uint8Array;

export type BuildFormat = 'json' | 'binary' | 'source';

/** The terms of a signature, and the private key (PKCS #8) that vouches for them. */
export interface Signing extends ClaimTerms {
  readonly privateKey: Uint8Array;
}

export interface BuildOptions {
  readonly format: BuildFormat;
  /** Whether the name of the text and the places in it are kept; they are no part of the identity. */
  readonly lines: 'kept' | 'stripped';
  /** Of a binary. Without it a binary that is built anew keeps the signature that it has. */
  readonly signing?: Signing;
}

export interface Built {
  readonly content: ModuleFile;
  readonly identity: string;
  readonly warnings: readonly Diagnostic[];
}

/** @throws LoadError for a module that would not load; UsageError for a form that cannot be made of this one. */
export async function buildModule(file: ModuleFile, name: string, options: BuildOptions): Promise<Built> {
  if (options.signing !== undefined && options.format !== 'binary')
    throw new UsageError('only a binary module carries a signature');
  const admitted = await admit(file, name, admission());
  const { warnings, verified } = admitted;
  const content = await contentOf(file, name, admitted, options);
  refuseTooLong(content, name, options.format);
  return { content, identity: await identityOf(verified.module), warnings };
}

/** The bytecode of a module in any form, with the numbers of its source lines where it says them. @throws LoadError */
export async function disassembleFile(file: ModuleFile, name: string): Promise<string> {
  const { verified, source } = await admit(file, name, admission());
  const listing = disassembleModule(verified.module, source);
  // Of a compiled form the number of a line is known, not its text.
  return source.hasText ? listing : listing.replaceAll(/[: ]+$/gm, '');
}

function admission(): Admission {
  return { library: new Library({ optimise: true }), internals: {} };
}

const FORMS = {
  json: {
    limit: LOAD_LIMITS.astLength,
    form: 'JSON AST',
    help: 'build it as binary, or split the program into modules',
  },
  binary: { limit: LOAD_LIMITS.binaryLength, form: 'binary module', help: 'split the program into modules' },
  source: { limit: LOAD_LIMITS.sourceLength, form: 'source', help: 'keep the form that it has' },
} as const;

/** What loading would refuse is not built. Both forms may be much longer than the text that they are made of. */
function refuseTooLong({ length }: ModuleFile, name: string, format: BuildFormat): void {
  const { limit, form, help } = FORMS[format];
  if (length <= limit.default) return;
  const count = (n: number): string => `${n.toLocaleString('en-US')} ${limit.unit}`;
  throw new LoadError({
    code: limit.code,
    message: `the ${form} of "${name}" has ${count(length)}, and loading takes ${count(limit.default)}; ${help}`,
    module: name,
  });
}

async function contentOf(
  file: ModuleFile,
  name: string,
  admitted: Admitted,
  { format, lines, signing }: BuildOptions,
): Promise<ModuleFile> {
  if (format === 'binary') {
    const { module } = admitted.verified;
    const before = storedIn(file, name);
    const signature = signing === undefined ? before.signature : await signModule(module, signing, signing.privateKey);
    return encodeBinary({ module, lines: lines === 'kept' ? before.lines : null, signature });
  }
  if (typeof file !== 'string')
    throw new UsageError(`"${name}" is binary; its text or JSON AST can only be built from the other of the two`);
  const { ir, source } = treeOf(file, name);
  if (format === 'json') return printModule(ir, { source: lines === 'kept' ? source : null });
  const written = unparseModule(ir, { standard: STANDARD });
  if ('diagnostics' in written) throw refused(name, written.diagnostics);
  return written.text;
}

/** What a module, which has been admitted, says beside its code. */
function storedIn(
  file: ModuleFile,
  name: string,
): { readonly lines: SourceLines | null; readonly signature: Uint8Array | null } {
  if (typeof file === 'string') return { lines: treeOf(file, name).source, signature: null };
  const decoding = decodeBinary(file);
  if (!decoding.ok) throw new UsageError(`"${name}" is no binary module`);
  return decoding.file;
}

/** The IR of a text or JSON AST, which has been admitted. */
function treeOf(text: string, name: string): { readonly ir: IrModule; readonly source: SourceLines | null } {
  if (isJsonAst(text)) {
    const decoding = decodeModuleText(text);
    if (!decoding.ok) throw new UsageError(`"${name}" is no JSON AST`);
    return { ir: decoding.module, source: decoding.source };
  }
  const { ir, diagnostics } = readModule(new SourceText(name, text), { standard: STANDARD });
  if (ir === null) throw refused(name, diagnostics);
  return { ir, source: { name, lineStarts: lineStartsOf(text) } };
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
