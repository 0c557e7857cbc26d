/** `host:env`: environment variables by name, as they were when the program was loaded. Others are not even looked at. */
import process from 'node:process';
import { type Capability, capability } from '../engine/host.ts';
import { usageFailure } from './failure.ts';

export function environment(names: readonly string[]): Capability {
  const wrong = names.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined) throw usageFailure(`host:env takes names of variables, found '${wrong}'`);
  const values = new Map(names.map((name) => [name, process.env[name] ?? null]));
  return capability('host:env', {
    get: {
      params: ['name: string'],
      returns: 'string | null',
      effect: 'read',
      call: (name: string) => values.get(name) ?? null,
    },
  }).where((_, [name]) => values.has(name as string));
}
