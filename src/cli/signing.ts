/** Reads the key and the terms of `build --sign`. Nothing of a key is ever printed. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Signing } from '../engine/building.ts';
import { CliFailure, usageFailure } from './failure.ts';
import { readText } from './input.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS = 36_500;

export interface SigningTerms {
  /** NAME@VERSION */
  readonly as: string;
  readonly days: string;
}

export async function signingBy(keyPath: string, { as, days }: SigningTerms): Promise<Signing> {
  const at = as.lastIndexOf('@');
  if (at < 1 || at === as.length - 1) throw usageFailure(`--sign-as takes NAME@VERSION, found '${as}'`);
  const count = Number(days);
  if (!/^\d+$/.test(days) || count < 1 || count > MAX_DAYS)
    throw usageFailure(`--valid-days takes a whole number from 1 to ${MAX_DAYS}, found '${days}'`);
  const validFrom = Date.now();
  return {
    name: as.slice(0, at),
    version: as.slice(at + 1),
    validFrom,
    validTo: validFrom + count * DAY_MS,
    privateKey: readKey(await readText(keyPath), keyPath),
  };
}

function readKey(pem: string, keyPath: string): Uint8Array {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw notAKey(keyPath);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw notAKey(keyPath);
  return key.export({ type: 'pkcs8', format: 'der' });
}

function notAKey(keyPath: string): CliFailure {
  const how = 'openssl genpkey -algorithm ed25519 makes one';
  return new CliFailure('input', `${keyPath} is no ed25519 private key in PEM (PKCS #8), without a passphrase; ${how}`);
}
