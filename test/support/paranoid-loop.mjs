/**
 * The interpreter's loop with a call of the paranoid watcher before each instruction, made from the text of the loop while a
 * bundle for tests is built: the sources know nothing of it, and a build of them has no trace of it.
 */
import { fileURLToPath } from 'node:url';

const LOOP = /[\\/]src[\\/]vm[\\/]dispatch\.ts$/;
const ANCHOR = 'if (counts !== undefined) countOpcode(counts, code[pc] as number);';

/** A plugin for rolldown. */
export function paranoidLoop() {
  const watcher = fileURLToPath(new URL('paranoid.ts', import.meta.url));
  return {
    name: 'paranoid-loop',
    transform(code, id) {
      if (!LOOP.test(id)) return null;
      if (code.split(ANCHOR).length !== 2) throw new Error('the loop has no one place where an instruction begins');
      const watched = code.replace(ANCHOR, `${ANCHOR}\n        watchStep(run, frame, pc, sp);`);
      return `import { step as watchStep } from ${JSON.stringify(watcher)};\n${watched}`;
    },
  };
}
