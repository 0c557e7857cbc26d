/** Writes data to stdout and waits for a slow reader, so that a stream of results never piles up in memory. */
import { once } from 'node:events';
import process from 'node:process';

export async function writeData(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
}
