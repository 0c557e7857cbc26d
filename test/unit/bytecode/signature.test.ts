/** Signatures hold for the very module, name, imports and time that were signed, by a key that is trusted; MR3010 else. */
import { expect, test } from 'vitest';
import { identityOf } from '../../../src/bytecode/identity.ts';
import {
  type ClaimTerms,
  claimedImports,
  type KeyPair,
  keyIdOf,
  newKeyPair,
  publicKeyOf,
  signModule,
  verifySignature,
} from '../../../src/bytecode/signature.ts';
import { Random } from '../../fuzz/random.ts';
import { mutateBytes } from '../../support/mutate-bytes.ts';
import { moduleOf } from './files.ts';

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2027, 0, 1);
const TERMS: ClaimTerms = { name: 'plugins/vät', version: '1.2.0', validFrom: FROM, validTo: TO };
const MODULE = moduleOf(`IMPORT "host:b" AS b; IMPORT "host:a" AS a;
TRANSFORM T { OUTPUT { x: a.get(1), y: a.alter(2), z: b.f() } }`);
/** RFC 8032, 7.1, test 1, as PKCS #8. */
const KNOWN_KEY = Buffer.from(
  '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  'hex',
);
const KNOWN_PUBLIC_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

const keys: KeyPair = await newKeyPair();
const signature = await signModule(MODULE, TERMS, keys.privateKey);

function verdict(section: Uint8Array, module = MODULE, now = FROM, trusted = [keys.publicKey]) {
  return verifySignature(section, module, trusted, now);
}

test('a good signature says what was signed', async () => {
  const claim = {
    ...TERMS,
    identity: await identityOf(MODULE),
    imports: [
      { uri: 'host:a', members: ['alter', 'get'] },
      { uri: 'host:b', members: ['f'] },
    ],
    keyId: await keyIdOf(keys.publicKey),
  };
  expect(await verdict(signature)).toEqual({ ok: true, claim });
  expect(await verdict(signature, MODULE, TO)).toEqual({ ok: true, claim });
  expect(claimedImports(MODULE)).toEqual(claim.imports);
});

test('signing is deterministic', async () => {
  expect(await signModule(MODULE, TERMS, keys.privateKey)).toEqual(signature);
});

test('one of several trusted keys is enough; what is no key is not trusted', async () => {
  const other = await newKeyPair();
  const trusted = [other.publicKey, new Uint8Array(0), keys.publicKey];
  expect((await verdict(signature, MODULE, FROM, trusted)).ok).toBe(true);
});

test('a key made by another tool', async () => {
  const publicKey = await publicKeyOf(KNOWN_KEY);
  expect(Buffer.from(publicKey).toString('hex')).toBe(KNOWN_PUBLIC_KEY);
  expect(await publicKeyOf(keys.privateKey)).toEqual(keys.publicKey);
  const signed = await signModule(MODULE, TERMS, KNOWN_KEY);
  expect((await verdict(signed, MODULE, FROM, [publicKey])).ok).toBe(true);
});

test('unknown-key', async () => {
  const other = await newKeyPair();
  const refused = { ok: false, reason: 'unknown-key', claim: null };
  expect(await verdict(signature, MODULE, FROM, [other.publicKey])).toEqual(refused);
  expect(await verdict(signature, MODULE, FROM, [])).toEqual(refused);
});

test('a claim that names a trusted key but was signed by another', async () => {
  const other = await newKeyPair();
  const forged = await signModule(MODULE, TERMS, other.privateKey);
  const claim = signature.length - 64;
  const mixed = new Uint8Array([...signature.subarray(0, claim), ...forged.subarray(claim)]);
  expect(await verdict(mixed)).toEqual({ ok: false, reason: 'bad-signature', claim: null });
});

test('expired and not-yet-valid, to the millisecond', async () => {
  expect(await verdict(signature, MODULE, TO + 1)).toMatchObject({ ok: false, reason: 'expired', claim: TERMS });
  expect(await verdict(signature, MODULE, FROM - 1)).toMatchObject({
    ok: false,
    reason: 'not-yet-valid',
    claim: TERMS,
  });
  const never = await signModule(MODULE, { ...TERMS, validFrom: TO, validTo: FROM }, keys.privateKey);
  for (const now of [FROM - 1, FROM, TO, TO + 1]) expect((await verdict(never, MODULE, now)).ok).toBe(false);
  expect((await verdict(signature, MODULE, Number.NaN)).ok).toBe(false);
});

test('wrong-identity', async () => {
  const other = { ...MODULE, constants: [...MODULE.constants, 'more'] };
  expect(await verdict(signature, other)).toMatchObject({ ok: false, reason: 'wrong-identity', claim: TERMS });
});

test('places and the name of the source are not signed', async () => {
  const units = MODULE.units.map((unit) => ({ ...unit, places: new Int32Array(0) }));
  expect((await verdict(signature, { ...MODULE, units })).ok).toBe(true);
});

test('a reader of signatures meets every reason that a section alone can cause', async () => {
  const met = new Set<string>();
  const random = new Random(3);
  for (let n = 0; n < 1_500; n++) {
    const { name, bytes } = mutateBytes(signature, random, signature);
    const isSame = Buffer.compare(bytes, signature) === 0;
    const { ok, ...rest } = await verdict(bytes);
    expect(ok, `mutant ${n}: ${name}`).toBe(isSame);
    if ('reason' in rest) met.add(rest.reason);
  }
  expect([...met].sort()).toEqual(['bad-signature', 'malformed', 'unknown-key']);
  for (const bytes of [new Uint8Array(0), new Uint8Array(64), signature.subarray(0, 63)])
    expect(await verdict(bytes)).toEqual({ ok: false, reason: 'malformed', claim: null });
});

test('wrong-imports: a trusted signer that is wrong itself', async () => {
  const claim = Buffer.from(signature.subarray(0, -64));
  claim.write('other', claim.indexOf('alter'));
  const context = 'millrace module signature 1';
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('pkcs8', new Uint8Array(keys.privateKey), 'Ed25519', false, ['sign']);
  const signed = Buffer.concat([Buffer.of(context.length), Buffer.from(context), claim]);
  const forged = new Uint8Array(Buffer.concat([claim, new Uint8Array(await subtle.sign('Ed25519', key, signed))]));
  expect(await verdict(forged)).toMatchObject({ ok: false, reason: 'wrong-imports', claim: TERMS });
});

test.each(['', '00', '30'])('what is no private key cannot sign: "%s"', async (hex) => {
  await expect(signModule(MODULE, TERMS, Buffer.from(hex, 'hex'))).rejects.toThrow();
});
