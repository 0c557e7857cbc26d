/**
 * Reads `--grant host:http=api.example,host:env=HOME,LANG`: a part that starts with `host:` starts a grant, the others are
 * further values of the one before. There is no wildcard.
 */
import type { Capability } from '../engine/host.ts';
import { usageFailure } from './failure.ts';
import { ALWAYS_GRANTED, OFFERS } from './offers.ts';

/** What is asked for, by URI; the value is empty where there is none. */
export type Grants = ReadonlyMap<string, string>;

export function parseGrants(texts: readonly string[]): Grants {
  const grants = new Map<string, string>();
  for (const text of texts)
    for (const grant of text.split(/,(?=host:)/)) {
      const at = grant.indexOf('=');
      const uri = at < 0 ? grant : grant.slice(0, at);
      const value = at < 0 ? '' : grant.slice(at + 1);
      checkGrant(uri, value);
      if ((grants.get(uri) ?? value) !== value)
        throw usageFailure(
          `${uri} is granted twice, as '${grants.get(uri)}' and as '${value}'; write both in one grant`,
        );
      grants.set(uri, value);
    }
  return grants;
}

function checkGrant(uri: string, value: string): void {
  const needsValue = Object.hasOwn(ALWAYS_GRANTED, uri) ? 'never' : OFFERS.find((o) => o.uri === uri)?.needsValue;
  if (needsValue === undefined) {
    const known = [...Object.keys(ALWAYS_GRANTED), ...OFFERS.map((o) => o.uri)];
    throw usageFailure(`there is no capability '${uri}' to grant; there are ${known.join(', ')}`);
  }
  if (needsValue === 'never' && value !== '') throw usageFailure(`${uri} takes no value, found '${value}'`);
  if (needsValue === 'always' && value === '') throw usageFailure(`${uri} has to be narrowed: ${wanted(uri)}`);
}

function wanted(uri: string): string {
  return `--grant ${uri}=${OFFERS.find((o) => o.uri === uri)?.value ?? ''}`;
}

/** The capabilities that were asked for. */
export async function makeGranted(grants: Grants): Promise<Readonly<Record<string, Capability>>> {
  const made: Record<string, Capability> = {};
  for (const { uri, make } of OFFERS) {
    const value = grants.get(uri);
    if (value !== undefined) made[uri] = await make(value);
  }
  return made;
}
