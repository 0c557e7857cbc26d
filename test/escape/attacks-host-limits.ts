/** E: programs and hosts that would have a run go on past its limits. */
import { createHost } from '../../src/index.ts';
import { endingOf, type HostAttack } from './attack.ts';
import { given, using } from './host-parts.ts';

const ENDLESS = 'LET z = x.f(); FOR a IN RANGE(9999) { FOR b IN RANGE(9999) { } } OUTPUT { v: 1 }';

export const HOST_LIMIT_ATTACKS: readonly HostAttack[] = [
  {
    number: 163,
    idea: 'work after the run was cancelled',
    family: 'limits',
    expected: { code: 'MR5007', says: 'cancelled' },
    attack: async (reached, load) => {
      const cancel = new AbortController();
      const f = (): number => {
        cancel.abort();
        reached();
        return 1;
      };
      return (await load(using(ENDLESS), given({ f }))).run(undefined, {}, { signal: cancel.signal });
    },
    // Nobody cancels: the same program goes on until its fuel is spent.
    control: async () => {
      const module = await createHost(given({ f: () => 1 })).load(using(ENDLESS));
      const ending = await endingOf(() => module.run(undefined, {}, { limits: { fuel: 100_000 } }));
      return 'code' in ending && ending.code === 'MR5001';
    },
  },
  {
    number: 165,
    idea: 'a storm of host calls',
    family: 'limits',
    expected: { code: 'MR5001', says: 'limits.fuel' },
    attack: async (reached, load) => {
      let calls = 0;
      const f = (): number => {
        if (++calls === 90) reached();
        return calls;
      };
      const module = await load(using('FOR a IN RANGE(1000) { LET z = x.f(); } OUTPUT { v: 1 }'), given({ f }));
      return module.run(undefined, {}, { limits: { fuel: 10_500 } });
    },
    control: async () => {
      let calls = 0;
      const module = await createHost(given({ f: () => ++calls })).load(
        using('FOR a IN RANGE(1000) { LET z = x.f(); } OUTPUT { v: 1 }'),
      );
      module.run({});
      return calls === 1000;
    },
  },
  {
    number: 166,
    idea: 'SUSPEND in a loop, to get fuel back at each resumption',
    family: 'limits',
    expected: { code: 'MR5001', says: 'limits.fuel' },
    attack: async (reached, load) => {
      const module = await load('FOR a IN RANGE(1000) { FOR b IN RANGE(10) { LET z = SUSPEND b; } } OUTPUT { v: 1 }');
      const run = await module.start(undefined, {}, { limits: { fuel: 20_000 } });
      for (let i = 0; i < 10_000; i++) {
        if (i === 100) reached();
        await run.resume(1);
      }
      return run.value;
    },
    control: async () => {
      const module = await createHost().load('FOR b IN RANGE(500) { LET z = SUSPEND b; } OUTPUT { v: 1 }');
      const run = await module.start(undefined, {}, {});
      for (let i = 0; i < 500; i++) await run.resume(1);
      return run.state === 'done';
    },
  },
  {
    number: 171,
    idea: 'many runs at a time, each of which gives way just before it has to',
    family: 'limits',
    expected: { result: { done: 8, othersHadTurns: true } },
    attack: async (reached, load) => {
      const module = await load('LET n = 0; FOR i IN RANGE(60000) { SET n = n + i; } OUTPUT { v: n }');
      let turns = 0;
      const others = setInterval(() => turns++, 1);
      const runs = await Promise.all(Array.from({ length: 8 }, () => module.runAsync({})));
      clearInterval(others);
      reached();
      return { done: runs.length, othersHadTurns: turns > 0 };
    },
    // The synchronous way gives no turn to anybody.
    control: async () => {
      const module = await createHost().load('LET n = 0; FOR i IN RANGE(60000) { SET n = n + i; } OUTPUT { v: n }');
      let turns = 0;
      const others = setInterval(() => turns++, 1);
      for (let i = 0; i < 8; i++) module.run({});
      clearInterval(others);
      return turns === 0;
    },
  },
];
