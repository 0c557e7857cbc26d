/**
 * Ways to write a program differently without changing what it means. They move variables from slots into cells, values
 * through calls and lists, statements into loops, and so reach other code of the compiler and the VM; the outcome must stay the same, up to
 * the place of an error.
 */
import type { Style } from './tree.ts';

export interface NamedStyle {
  readonly name: string;
  /** Anew for each program: a style may count. */
  readonly make: (seed: number) => Style;
}

/** After every LET a lambda that could write the variable: the variable lives in a cell and may change at any call. */
function capturing(): Style {
  let count = 0;
  return {
    statement: ({ declares }, text) =>
      declares === undefined
        ? text
        : `${text.replace(/;$/, '')}; LET captured${count++} = () -> { SET ${declares} = ${declares}; };`,
  };
}

/** Some expressions are computed by a lambda that is called at once: it captures what they use. */
function throughLambdas(seed: number): Style {
  return { expression: (_, text) => (choice(text, seed) % 100 < 15 ? `(() -> (${text}))()` : text) };
}

/** Some values pass through a list, an object, a parameter or a branch. */
function throughContainers(seed: number): Style {
  return {
    expression: (_, text) => {
      switch (choice(text, seed) % 20) {
        case 0:
          return `[${text}][0]`;
        case 1:
          return `((it) -> it)(${text})`;
        case 2:
          return `({it: ${text}}).it`;
        case 3:
          return `(IF true THEN ${text} ELSE null)`;
        default:
          return text;
      }
    },
  };
}

/** Some statements stand in a branch that is always taken, or in a loop of one round. */
function throughBlocks(seed: number): Style {
  return {
    statement: ({ declares, name }, text) => {
      if (declares !== undefined || name === 'empty') return text;
      switch (choice(text, seed) % 6) {
        case 0:
          return `IF true THEN { ${text} }`;
        case 1:
          return `FOR EACH once IN [0] { ${text} }`;
        case 2:
          return `IF false THEN { RETURN; } ELSE { FOR EACH once IN [0] WHERE true { ${text} } }`;
        default:
          return text;
      }
    },
  };
}

/** Depends on the text alone, so that a smaller program is written in the same way. */
function choice(text: string, seed: number): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export const STYLES: readonly NamedStyle[] = [
  { name: 'variables captured', make: capturing },
  { name: 'through lambdas', make: throughLambdas },
  { name: 'through containers', make: throughContainers },
  { name: 'through blocks', make: throughBlocks },
];
