/**
 * Signatures of modules: who vouches for which module, under which name and version, with which imports, and for how long.
 * Ed25519 by the platform's Web Crypto, over the canonical bytes of the claim.
 *
 * A signature says whom a module is from, nothing about what it may do: a signed module is verified and linked like any.
 */
import { invariant } from '../base/assert.ts';
import { decodeBase64 } from '../value/base64.ts';
import { type Codec, list, OWN_TEXT, record, SectionReader, SectionWriter, type TextIndexes } from './binary-codec.ts';

import { BinaryRefused } from './binary-reasons.ts';
import { identityOf, sha256Hex } from './identity.ts';
import type { Module } from './module.ts';

export interface ClaimedImport {
  readonly uri: string;
  /** Ascending, each once. */
  readonly members: readonly string[];
}

/** What a signature vouches for. */
export interface Claim {
  readonly name: string;
  readonly version: string;
  readonly identity: string;
  /** Ascending by URI, each once. */
  readonly imports: readonly ClaimedImport[];
  /** Milliseconds since 1970, both ends included. */
  readonly validFrom: number;
  readonly validTo: number;
  /** Of the public key, see `keyIdOf`. */
  readonly keyId: string;
}

/** What the signer decides; the rest of the claim follows from module and key. */
export type ClaimTerms = Pick<Claim, 'name' | 'version' | 'validFrom' | 'validTo'>;

/** THE closed list of reasons for which a signature is refused (MR3010). */
export const SIGNATURE_REASONS = {
  malformed: 'the signature section is not one that this version can read',
  'unknown-key': 'the module is signed with a key that is not trusted here',
  'bad-signature': 'the signature does not fit what it claims to sign',
  'wrong-identity': 'the module is another one than was signed',
  'wrong-imports': 'the module imports something else than was signed',
  'not-yet-valid': 'the signature is not valid yet',
  expired: 'the signature is not valid any more',
} as const;

export type SignatureReason = keyof typeof SIGNATURE_REASONS;

export type SignatureVerdict =
  | { readonly ok: true; readonly claim: Claim }
  /** The claim is null unless a trusted key has made it. */
  | { readonly ok: false; readonly reason: SignatureReason; readonly claim: Claim | null };

export interface KeyPair {
  /** PKCS #8, as other tools write it. */
  readonly privateKey: Uint8Array;
  /** The 32 bytes themselves. */
  readonly publicKey: Uint8Array;
}

const ALGORITHM = 'Ed25519';
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Goes before the claim, so that a signature for something else is never one for a module. */
const CONTEXT = 'millrace module signature 1';
const HIGH = 2 ** 32;

/** The content of the signature section for a module. Rejects for a key that is none. */
export async function signModule(module: Module, terms: ClaimTerms, privateKey: Uint8Array): Promise<Uint8Array> {
  const key = await subtle().importKey('pkcs8', owned(privateKey), ALGORITHM, false, ['sign']);
  const claim: Claim = {
    ...terms,
    identity: await identityOf(module),
    imports: claimedImports(module),
    keyId: await keyIdOf(await publicKeyOf(privateKey)),
  };
  const bytes = claimBytes(claim);
  const signature = await subtle().sign(ALGORITHM, key, signedBytes(bytes));
  return joined(bytes, new Uint8Array(signature));
}

/** Whether a key that is trusted vouches for this very module at this time (milliseconds since 1970). */
export async function verifySignature(
  section: Uint8Array,
  module: Module,
  trustedKeys: readonly Uint8Array[],
  now: number,
): Promise<SignatureVerdict> {
  const bytes = owned(section.subarray(0, Math.max(0, section.length - SIGNATURE_BYTES)));
  const claim = readClaim(bytes);
  if (claim === null) return { ok: false, reason: 'malformed', claim: null };
  const publicKey = await trustedKey(claim.keyId, trustedKeys);
  if (publicKey === undefined) return { ok: false, reason: 'unknown-key', claim: null };
  const key = await subtle().importKey('raw', owned(publicKey), ALGORITHM, false, ['verify']);
  const signature = owned(section.subarray(bytes.length));
  const isGood = await subtle().verify(ALGORITHM, key, signature, signedBytes(bytes));
  if (!isGood) return { ok: false, reason: 'bad-signature', claim: null };
  const reason = await problemOf(claim, module, now);
  return reason === null ? { ok: true, claim } : { ok: false, reason, claim };
}

/** A new key to sign with. */
export async function newKeyPair(): Promise<KeyPair> {
  const pair = await subtle().generateKey(ALGORITHM, true, ['sign', 'verify']);
  invariant('privateKey' in pair, 'Ed25519 keys come in pairs');
  const privateKey = new Uint8Array(await subtle().exportKey('pkcs8', pair.privateKey));
  return { privateKey, publicKey: new Uint8Array(await subtle().exportKey('raw', pair.publicKey)) };
}

export async function publicKeyOf(privateKey: Uint8Array): Promise<Uint8Array> {
  const key = await subtle().importKey('pkcs8', owned(privateKey), ALGORITHM, true, ['sign']);
  // The only form of a private key in which the platform gives away the public one.
  const { x } = await subtle().exportKey('jwk', key);
  const data = decodeBase64((x as string).replaceAll('-', '+').replaceAll('_', '/'));
  invariant(data !== null, 'the platform writes keys as they should be');
  return data;
}

/** Names a public key by its digest, so that no two keys can share an id. */
export async function keyIdOf(publicKey: Uint8Array): Promise<string> {
  return `ed25519:${await sha256Hex(publicKey)}`;
}

export function isPublicKey(bytes: Uint8Array): boolean {
  return bytes.length === PUBLIC_KEY_BYTES;
}

/** What a module declares to import, in the form in which it is signed. */
export function claimedImports(module: Module): readonly ClaimedImport[] {
  const membersByUri = new Map<string, Set<string>>();
  for (const { uri, members } of module.imports) {
    const known = membersByUri.get(uri) ?? new Set<string>();
    membersByUri.set(uri, known);
    for (const { name } of members) known.add(name);
  }
  return [...membersByUri.keys()].sort().map((uri) => ({ uri, members: [...(membersByUri.get(uri) ?? [])].sort() }));
}

async function problemOf(claim: Claim, module: Module, now: number): Promise<SignatureReason | null> {
  if (claim.identity !== (await identityOf(module))) return 'wrong-identity';
  // Only a signer that is wrong itself can get here.
  if (!sameImports(claim.imports, claimedImports(module))) return 'wrong-imports';
  if (now < claim.validFrom) return 'not-yet-valid';
  return now <= claim.validTo ? null : 'expired';
}

function sameImports(a: readonly ClaimedImport[], b: readonly ClaimedImport[]): boolean {
  const isSame = (one: ClaimedImport, other: ClaimedImport | undefined): boolean =>
    one.uri === other?.uri &&
    one.members.length === other.members.length &&
    one.members.every((name, i) => name === other.members[i]);
  return a.length === b.length && a.every((entry, i) => isSame(entry, b[i]));
}

async function trustedKey(keyId: string, keys: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
  for (const key of keys) if (isPublicKey(key) && (await keyIdOf(key)) === keyId) return key;
  return undefined;
}

// --- bytes

/** A point in time, in two halves; whatever is written is read as a safe integer. */
const TIME: Codec<number> = {
  minBytes: 2,
  write: (output, value) => {
    output.u32(Math.floor(value / HIGH));
    output.u32(value % HIGH);
  },
  read: (input) => {
    const at = input.at;
    const time = input.u32() * HIGH + input.u32();
    return Number.isSafeInteger(time) ? time : input.refuse('leb-too-large', at);
  },
};

const CLAIM = record<Claim>({
  name: OWN_TEXT,
  version: OWN_TEXT,
  identity: OWN_TEXT,
  imports: list(record<ClaimedImport>({ uri: OWN_TEXT, members: list(OWN_TEXT) })),
  validFrom: TIME,
  validTo: TIME,
  keyId: OWN_TEXT,
});

/** A signature stands on its own: it names no text of the module. */
const NO_INDEXES: TextIndexes = { indexOf: () => -1 };

function claimBytes(claim: Claim): Uint8Array {
  const output = new SectionWriter(NO_INDEXES);
  CLAIM.write(output, claim);
  return output.finish();
}

function readClaim(bytes: Uint8Array): Claim | null {
  const input = new SectionReader(bytes);
  try {
    const claim = CLAIM.read(input);
    input.expectEnd();
    return claim;
  } catch (error) {
    if (error instanceof BinaryRefused) return null;
    throw error;
  }
}

function signedBytes(claim: Uint8Array): Uint8Array<ArrayBuffer> {
  const context = new SectionWriter(NO_INDEXES);
  context.text(CONTEXT);
  return joined(context.finish(), claim);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

/** The platform takes no view of shared memory. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function subtle(): typeof globalThis.crypto.subtle {
  return globalThis.crypto.subtle;
}
