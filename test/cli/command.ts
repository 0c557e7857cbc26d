/** Runs the built command as a user would, in a folder of its own: as a process, or in one that is warm. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { WarmCommand } from './warm-command.ts';

export const TOOL = fileURLToPath(new URL('../../dist/millrace.js', import.meta.url));

let warm: WarmCommand | undefined;

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Workplace implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'millrace-cli-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  bytes(name: string): Uint8Array {
    return new Uint8Array(readFileSync(path.join(this.folder, name)));
  }

  /** Every file below the folder, hidden ones too. */
  files(): readonly string[] {
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.join(entry.parentPath, entry.name));
    return names.map((name) => path.relative(this.folder, name)).sort();
  }

  /** In the process that the test file keeps for it. Without `input` stdin is empty. */
  millrace(args: readonly string[], input?: string | Uint8Array): Outcome {
    warm ??= new WarmCommand(TOOL);
    return warm.run(args, this.folder, input);
  }

  /** In a process of its own, for what depends on that. Without `input`, stdin is the null device: nothing is piped in. */
  process(args: readonly string[], input?: string | Uint8Array): Outcome {
    const options = { cwd: this.folder, encoding: 'utf8' as const, maxBuffer: 1 << 28 };
    return outcome(
      input === undefined
        ? spawnSync(process.execPath, [TOOL, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
        : spawnSync(process.execPath, [TOOL, ...args], { ...options, input }),
    );
  }

  /** A shell line in which `$MILLRACE` runs the command. */
  shell(line: string, nodeFlags = ''): Outcome {
    const env = { ...process.env, MILLRACE: `${process.execPath} ${nodeFlags} ${TOOL}`, NODE: process.execPath };
    return outcome(spawnSync('bash', ['-c', line], { cwd: this.folder, encoding: 'utf8', env, maxBuffer: 1 << 28 }));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function outcome(result: SpawnSyncReturns<string>): Outcome {
  return { code: result.status, out: result.stdout, err: result.stderr };
}
