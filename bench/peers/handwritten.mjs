// The handwritten twins as texts of functions from one input, for engines that run JavaScript of their own.
import { JS1, JS2, JS3, JS4, JS5, JS6, JS8 } from '../workloads.mjs';

const main = (source, body) => `(() => { ${source}\nreturn (input) => ${body}; })()`;

const programs = {
  W1: main(JS1, 'enrich(input)'),
  W2: main(JS2, 'group(input.records)'),
  W3: main(JS3, '({ s: loop(input.n) })'),
  W3b: main(JS8, '({ s: loopi(input.n) })'),
  W4: main(JS4, '({ text: tmpl(input.items) })'),
  W5: main(JS5, '({ v: expr(input.a, input.b, input.c) })'),
  W6: main(JS6, 'tr(input)'),
};

/** What the harness calls per workload: `compiled` makes a function of one input from each text. */
export function runnersOf(inputs, compiled) {
  const run = Object.fromEntries(Object.entries(programs).map(([name, source]) => [name, compiled(source)]));
  return {
    W1: () => run.W1(inputs.order),
    W2: () => run.W2({ records: inputs.records }),
    W3: () => run.W3({ n: inputs.short }),
    W3b: () => run.W3b({ n: inputs.short }),
    W4: () => run.W4({ items: inputs.items }),
    W5: () => run.W5(inputs.tiny),
    W6: run.W6,
  };
}
