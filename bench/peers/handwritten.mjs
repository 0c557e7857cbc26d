// The handwritten twins as texts of functions from one input, for engines that run JavaScript of their own.
import { JS1, JS2, JS3, JS4, JS5, JS6, JS8 } from '../workloads.mjs';

const main = (source, body) => `(() => { ${source}\nreturn (input) => ${body}; })()`;

export const programs = {
  W1: main(JS1, 'enrich(input)'),
  W2: main(JS2, 'group(input.records)'),
  W3: main(JS3, '({ s: loop(input.n) })'),
  W3b: main(JS8, '({ s: loopi(input.n) })'),
  W4: main(JS4, '({ text: tmpl(input.items) })'),
  W5: main(JS5, '({ v: expr(input.a, input.b, input.c) })'),
  W6: main(JS6, 'tr(input)'),
};
