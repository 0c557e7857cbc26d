/**
 * What a long-lived host of plug-ins costs: a process of its own, so that nothing else is on the heap. Prints JSON.
 *
 * Run with --expose-gc.
 */
import { argv, cpuUsage, memoryUsage, stdout } from 'node:process';
import { capability, createHost } from 'millrace';

const [, , what, count] = argv;
const clock = capability('host:clock', { now: { params: [], returns: 'number', effect: 'read', call: () => 1 } });
const options = {
  grants: { 'host:clock': clock },
  resolve: () => ({ uri: 'lib/twice.bl', source: 'EXPORT FUNC twice(n) = n * 2;' }),
};
const order = { lines: [{ qty: 2, cents: 450 }] };

function textOf(version) {
  return `IMPORT "host:clock" AS clock;
IMPORT "./lib/twice.bl" AS lib;
EXPORT TRANSFORM Price {
  LET net = SUM([line.qty * line.cents FOR EACH line IN input.lines]);
  OUTPUT { version: ${version}, net: lib.twice(net), at: clock.now(), label: "version ${version}" };
}`;
}

const measures = { heap, speed };
stdout.write(JSON.stringify(await measures[what]()));

/**
 * Bytes after the first versions, after `count` more, and with versions held on purpose, one for each fifty. Why so many first
 * ones: V8 puts the code that it optimises, and what it learns for that, on the same heap, and is done by then.
 */
async function heap() {
  const host = createHost(options);
  const plugin = await host.load(textOf(0), { id: 'plugins/price' });
  let version = 0;
  const replace = async (times) => {
    for (let i = 0; i < times; i++) {
      version++;
      if (version % 10 === 0)
        await host.replace('plugins/price', textOf(version).replace('SUM', 'SUMM')).catch(() => null);
      await host.replace('plugins/price', textOf(version));
      if (plugin.run('Price', order).version !== version) throw new Error(`version ${version} does not serve`);
    }
  };
  await replace(3_000);
  const before = heapUsed();
  await replace(Number(count));
  const after = heapUsed();
  const held = [];
  for (let i = 0; i < Number(count) / 50; i++) held.push(await host.load(textOf(i)));
  return { before, after, holding: heapUsed(), held: held.length };
}

function heapUsed() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  return memoryUsage().heapUsed;
}

/** CPU time, in milliseconds, of a plug-in's first load by a new host, and of a call of a program that does next to nothing. */
async function speed() {
  const loads = [];
  for (let i = 0; i < 60; i++) {
    const start = cpuMs();
    await createHost(options).load(textOf(i), { id: 'plugins/price' });
    loads.push(cpuMs() - start);
  }
  const plugin = await createHost().load('TRANSFORM Same { OUTPUT { v: input.a } }');
  const calls = [];
  for (let batch = 0; batch < 20; batch++) {
    const start = cpuMs();
    for (let i = 0; i < 5_000; i++) plugin.run('Same', { a: i });
    calls.push((cpuMs() - start) / 5_000);
  }
  return { load: medianOf(loads.slice(20)), call: medianOf(calls.slice(5)) };
}

function cpuMs() {
  const { user, system } = cpuUsage();
  return (user + system) / 1_000;
}

function medianOf(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
