/**
 * Modules in compiled form → verified modules: JSON AST, as text or as the object that JSON.parse makes of it, and binary.
 * Loaded on first use. Nothing in these forms is believed: they are decoded strictly, judged by the rules that the front
 * end has for texts, and verified like any code.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { SourceText } from '../base/source.ts';
import { BINARY_REASONS } from '../bytecode/binary-reasons.ts';
import { decodeBinary } from '../bytecode/decode.ts';
import { disassembleAround } from '../bytecode/disassemble.ts';
import type { Module } from '../bytecode/module.ts';
import { SIGNATURE_REASONS, verifySignature } from '../bytecode/signature.ts';
import { checkModule } from '../ir/check.ts';
import { type Decoding, decodeModuleText, decodeModuleValue } from '../ir/decode.ts';
import { irDiagnostic } from '../ir/diagnose.ts';
import { STANDARD } from '../std/index.ts';
import { REASONS, type Refusal } from '../verify/reasons.ts';
import type { VerifiedModule } from '../verify/verified.ts';
import { verifyModule } from '../verify/verify.ts';
import { type Admission, type Admitted, compile, refused } from './admission.ts';
import { LoadError, UsageError } from './errors.ts';

const NO_LINES: readonly number[] = [];
const NO_PLACES = new Int32Array(0);

/** The bytes of a binary module. @throws LoadError */
export async function admitBytes(bytes: Uint8Array, name: string, admission: Admission): Promise<Admitted> {
  const decoding = decodeBinary(bytes);
  if (!decoding.ok) throw binaryRefusal(name, decoding.refusal.reason, decoding.refusal.byteOffset);
  const { module, lines, signature } = decoding.file;
  const source = SourceText.withoutText(lines?.name ?? name, lines?.lineStarts ?? NO_LINES);
  const verified = verifiedOf(name, module, source);
  const { signedBy } = admission;
  if (signedBy !== undefined) await checkSignature(signature, module, name, signedBy);
  return {
    source,
    verified,
    warnings: [],
    traced: () => cannotTrace(name),
  };
}

function cannotTrace(name: string): never {
  throw new UsageError(
    `module "${name}" was loaded in its binary form, which cannot be traced; load its text or JSON AST`,
  );
}

/** A JSON AST. @throws LoadError */
export function admitJson(json: string | object, name: string, admission: Admission): Admitted {
  const isText = typeof json === 'string';
  const text = new SourceText(name, isText ? json : '');
  const decoding: Decoding = isText ? decodeModuleText(json) : decodeModuleValue(json);
  if (!decoding.ok) throw refused(name, [irDiagnostic(decoding.refusal, text)]);
  const { module: ir, source: lines } = decoding;
  const problem = checkModule(ir, { standard: STANDARD }, lines);
  if (problem !== undefined) throw refused(name, [irDiagnostic(problem, text)]);
  const source = SourceText.withoutText(lines?.name ?? name, lines?.lineStarts ?? NO_LINES);
  const form = (module: Module): VerifiedModule =>
    verifiedOf(name, lines === null ? withoutPlaces(module) : module, source);
  return {
    source,
    verified: form(compile(ir, source, admission, 'plain')),
    warnings: [],
    traced: () => form(compile(ir, source, admission, 'traced')),
  };
}

function withoutPlaces(module: Module): Module {
  return { ...module, units: module.units.map((unit) => ({ ...unit, places: NO_PLACES })) };
}

function verifiedOf(name: string, module: Module, source: SourceText): VerifiedModule {
  const verification = verifyModule(module);
  if (verification.ok) return verification.verified;
  throw refused(
    name,
    verification.refusals.map((refusal) => codeRefusal(refusal, module, source)),
  );
}

function codeRefusal(refusal: Refusal, module: Module, source: SourceText): Diagnostic {
  const { reason, unit, unitIndex, offset, what } = refusal;
  const where = unitIndex < 0 ? what : `unit ${unitIndex} ${JSON.stringify(unit)}, word ${offset}`;
  const code = module.units[unitIndex];
  return {
    code: 'MR3003',
    severity: 'error',
    message: `${REASONS[reason]} (${where})`,
    source,
    labels: [],
    notes: [`reason: ${reason}`, ...(code === undefined ? [] : disassembleAround(module, code, offset))],
    help: 'a correct compiler makes no such module: build it again with `millrace build`',
  };
}

function binaryRefusal(name: string, reason: keyof typeof BINARY_REASONS, byteOffset: number): LoadError {
  const { code, sentence } = BINARY_REASONS[reason];
  const diagnostic: Diagnostic = {
    code,
    severity: 'error',
    message: `${sentence} (byte ${byteOffset})`,
    source: SourceText.withoutText(name, NO_LINES),
    labels: [],
    notes: [`reason: ${reason}`, 'nothing of the module was run'],
    help: 'build the module again with `millrace build --format binary`',
  };
  return refused(name, [diagnostic]);
}

/** A host that trusts keys takes only what one of them has signed. */
async function checkSignature(
  signature: Uint8Array | null,
  module: Module,
  name: string,
  signedBy: readonly Uint8Array[],
): Promise<void> {
  if (signature === null)
    throw new LoadError({ code: 'MR3010', message: `module "${name}" is not signed`, module: name });
  const verdict = await verifySignature(signature, module, signedBy, Date.now());
  if (!verdict.ok)
    throw new LoadError({
      code: 'MR3010',
      message: `module "${name}" was refused: ${SIGNATURE_REASONS[verdict.reason]}`,
      module: name,
    });
}
