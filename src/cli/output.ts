/** Writes data to stdout and waits for a slow reader, so that a stream of results never piles up in memory. */
import { once } from 'node:events';
import process from 'node:process';

/** `signal` ends the wait, not the write. */
export async function writeData(data: string | Uint8Array, signal?: AbortSignal): Promise<void> {
  if (data.length === 0 || process.stdout.write(data)) return;
  try {
    await once(process.stdout, 'drain', signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
