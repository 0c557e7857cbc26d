/** Reads the keys of --signed-by: what is not signed with one of them is not loaded, imported modules included. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { CliFailure } from './failure.ts';
import { readText } from './input.ts';

/** The 32 bytes of each; undefined when none is given, which trusts everything. */
export async function readTrustedKeys(paths: readonly string[]): Promise<readonly Uint8Array[] | undefined> {
  if (paths.length === 0) return undefined;
  return Promise.all(paths.map(async (keyPath) => keyOf(await readText(keyPath), keyPath)));
}

function keyOf(pem: string, keyPath: string): Uint8Array {
  let key: KeyObject | undefined;
  try {
    // Node derives a public key from a private one too, which nobody should have to hand around.
    key = pem.includes('PRIVATE KEY') ? undefined : createPublicKey(pem);
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new CliFailure(
      'input',
      `${keyPath} is no ed25519 public key in PEM; openssl pkey -in KEY -pubout makes one of a private key`,
    );
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x as string, 'base64url'));
}
