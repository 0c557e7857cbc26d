/** Progress on a terminal: late, seldom, cleared; and nothing at all where there is none. */
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { Progress } from '../../../src/cli/progress.ts';

class Screen {
  readonly terminal: PassThrough & { isTTY?: boolean } = new PassThrough();
  nowMs = 10_000;

  constructor(isTTY: boolean) {
    this.terminal.isTTY = isTTY;
  }

  progress(totalBytes: number | undefined, isQuiet = false): Progress {
    return new Progress({ totalBytes, terminal: this.terminal, isQuiet, clock: () => this.nowMs });
  }

  /** What has been written since the last look, without moves of the cursor. */
  shown(): string {
    const text = String(this.terminal.read() ?? '');
    return text.replace(/\u001b(?:\[[?0-9]*[A-Za-z]|[78])/g, '');
  }
}

test('a bar where the size is known', async () => {
  const screen = new Screen(true);
  const progress = screen.progress(40e6);
  progress.addBytes(1e6);
  await progress.show(100);
  expect(screen.shown()).toBe('');
  screen.nowMs += 1_000;
  progress.addBytes(9e6);
  await progress.show(12_345);
  expect(screen.shown()).toContain('[========----------------------] 25% of 40 MB | 12,345 records | 3 s left');
  screen.nowMs += 50;
  await progress.show(12_400);
  expect(screen.shown()).toBe('');
  screen.nowMs += 100;
  await progress.show(12_500);
  await vi.waitFor(() => expect(screen.shown()).toContain('12,500 records'));
  progress.clear();
  expect(screen.shown()).not.toContain('records');
});

test('a count where it is not', async () => {
  const screen = new Screen(true);
  const progress = screen.progress(undefined);
  progress.addBytes(7e6);
  screen.nowMs += 1_000;
  await progress.show(5);
  expect(screen.shown()).toContain('7 MB | 5 records');
  progress.clear();
});

test.each([
  ['without a terminal', false, false],
  ['where something else is written', true, true],
])('nothing %s', async (_, isTTY, isQuiet) => {
  const screen = new Screen(isTTY);
  const progress = screen.progress(10, isQuiet);
  screen.nowMs += 10_000;
  await progress.show(5);
  progress.clear();
  expect(screen.shown()).toBe('');
});
