/** The other end of `warm-process.mjs`: one process for each test file, started when it is first wanted, asked synchronously. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface WarmOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const PROCESS = fileURLToPath(new URL('./warm-process.mjs', import.meta.url));

export class WarmCommand {
  readonly #requests: number;
  readonly #answers: number;

  /** `tool`: the file that a process would be started with. It goes when this process does. */
  constructor(tool: string) {
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-warm-'));
    spawnSync('mkfifo', ['requests', 'answers', 'stdin'], { cwd: folder });
    spawn(process.execPath, [PROCESS, tool, folder], { stdio: ['ignore', 'inherit', 'inherit'] }).unref();
    this.#requests = openSync(path.join(folder, 'requests'), 'w');
    this.#answers = openSync(path.join(folder, 'answers'), 'r');
  }

  run(args: readonly string[], folder: string, input: string | Uint8Array | undefined): WarmOutcome {
    const sent = input === undefined ? null : Buffer.from(input as string).toString('base64');
    const request = Buffer.from(`${JSON.stringify({ args, folder, env: process.env, input: sent })}\n`);
    for (let rest = request; rest.length > 0; ) rest = rest.subarray(writeSync(this.#requests, rest));
    return JSON.parse(this.#answer());
  }

  #answer(): string {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.alloc(1 << 16);
      const length = readSync(this.#answers, chunk);
      if (length === 0) throw new Error('the process of the command has ended');
      chunks.push(chunk.subarray(0, length));
      if (chunk[length - 1] === 10) return Buffer.concat(chunks).toString('utf8');
    }
  }
}
