// The handwritten functions inside QuickJS compiled to WebAssembly. Data crosses as JSON, the cheapest way that it has.
import { getQuickJS } from 'quickjs-emscripten';
import { programs } from './handwritten.mjs';

export async function quickjs(inputs) {
  const context = (await getQuickJS()).newContext();
  const runner = (source) => {
    const text = `(() => { const main = ${source}; return (text) => JSON.stringify(main(JSON.parse(text))); })()`;
    const main = context.unwrapResult(context.evalCode(text));
    return (input) => {
      const argument = context.newString(JSON.stringify(input));
      const result = context.unwrapResult(context.callFunction(main, context.undefined, argument));
      const answer = JSON.parse(context.getString(result));
      argument.dispose();
      result.dispose();
      return answer;
    };
  };
  const runners = Object.fromEntries(Object.entries(programs).map(([name, source]) => [name, runner(source)]));
  return {
    name: 'quickjs-emscripten (JSON across)',
    W1: () => runners.W1(inputs.order),
    W2: () => runners.W2({ records: inputs.records }),
    W3: () => runners.W3({ n: inputs.short }),
    W3b: () => runners.W3b({ n: inputs.short }),
    W4: () => runners.W4({ items: inputs.items }),
    W5: () => runners.W5(inputs.tiny),
    W6: runners.W6,
  };
}
