// The handwritten functions inside QuickJS compiled to WebAssembly. Data crosses as JSON, the cheapest way that it has.
import { getQuickJS } from 'quickjs-emscripten';
import { runnersOf } from './handwritten.mjs';

export async function quickjs(inputs) {
  const context = (await getQuickJS()).newContext();
  const compiled = (source) => {
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
  return { name: 'quickjs-emscripten (JSON across)', ...runnersOf(inputs, compiled) };
}
