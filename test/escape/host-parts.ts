/** What the attacks that a host takes part in are put together from. */
import { capability, type HostOptions, type MemberInput } from '../../src/index.ts';

/** What nobody but the host may see. */
export const SECRET = 'hunter2 at secret.js';

export const raise = (error: unknown): never => {
  throw error;
};

export const given = (members: Readonly<Record<string, MemberInput>>): HostOptions => ({
  grants: { 'host:x': capability('host:x', members) },
});

export const using = (body: string): string => `IMPORT "host:x" AS x;\nTRANSFORM T { ${body} }`;

export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
