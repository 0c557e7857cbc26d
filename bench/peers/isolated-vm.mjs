// The handwritten functions in an isolate of their own, where isolated-vm installs. It is compiled for one line of Node and not
// a dependency: the bench installs it once, beside the temporary files of the machine.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { runnersOf } from './handwritten.mjs';

const MAJOR = Number(process.versions.node.split('.')[0]);
const VERSION = MAJOR >= 24 ? '7.0.1' : MAJOR >= 22 ? '6.1.2' : '5.0.4';
const INSTALL_MS = 600_000;
const COPY = { arguments: { copy: true }, result: { copy: true } };

/** The library, or the reason why there is none. */
function library() {
  const folder = path.join(tmpdir(), `millrace-bench-isolated-vm-${VERSION}-node${MAJOR}`);
  const require = createRequire(path.join(folder, 'package.json'));
  try {
    return require('isolated-vm');
  } catch {
    // It is installed below.
  }
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  console.log(`installing isolated-vm ${VERSION} once, which may compile it (minutes) …`);
  const args = ['install', '--no-audit', '--no-fund', `isolated-vm@${VERSION}`];
  const { error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: INSTALL_MS });
  try {
    return require('isolated-vm');
  } catch (cause) {
    return String(error?.message ?? stderr.trim().split('\n').at(-1) ?? cause.message);
  }
}

export function isolatedVm(inputs) {
  const ivm = library();
  if (typeof ivm === 'string') {
    console.log(`isolated-vm ${VERSION} does not install here: ${ivm}`);
    return null;
  }
  const context = new ivm.Isolate({ memoryLimit: 128 }).createContextSync();
  const compiled = (source) => {
    const main = context.evalSync(source, { reference: true });
    return (input) => main.applySync(undefined, [input], COPY);
  };
  return { name: `isolated-vm ${VERSION} (structured copy)`, ...runnersOf(inputs, compiled) };
}
