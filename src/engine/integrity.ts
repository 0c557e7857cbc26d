/**
 * Whether the modules of a graph are the ones that PIN and lock name. Nothing is linked before both agree. Loaded on first use.
 */
import { identityOf } from '../bytecode/identity.ts';
import type { Import } from '../bytecode/module.ts';
import { type GraphNode, nodesOf, refusal } from './graph.ts';
import { checkLock, type Lock } from './lock.ts';
import { reportOn } from './report.ts';

/** @throws LoadError for the first module that is not the pinned or locked one. */
export async function checkIntegrity(entry: GraphNode, lock: Lock | undefined): Promise<void> {
  for (const node of nodesOf(entry)) {
    for (const [index, imported] of node.imports) {
      const wanted = node.admitted.verified.module.imports[index] as Import;
      if (wanted.pin === null) continue;
      const identity = await identityOf(imported.admitted.verified.module);
      if (identity !== wanted.pin)
        throw refusal('MR4006', wanted, node, `the module "${imported.uri}" is not the one that is pinned`, {
          notes: [`pinned: ${wanted.pin}`, `found: ${identity}`],
          help: 'look at what changed (`millrace inspect --diff`), then pin the new identity',
        });
    }
  }
  if (lock !== undefined) checkLock(await reportOn(entry), lock);
}
