/**
 * The control of the family "prototype reach": an evaluator as they are usually written, on real objects, in a realm of its
 * own, so that what an attack does there harms nobody.
 */
import vm from 'node:vm';

const EVALUATOR = `
  'use strict';
  const read = (container, key) => container[key];
  const write = (container, key, value) => { container[key] = value; };
  const merge = (target, source) => {
    for (const key in source) {
      if (typeof source[key] === 'object' && typeof target[key] === 'object') merge(target[key], source[key]);
      else target[key] = source[key];
    }
    return target;
  };
  const sort = (list, compare) => {
    for (let end = list.length - 1; end > 0; end--)
      for (let i = 0; i < end; i++)
        if (compare(list[i], list[i + 1]) > 0) [list[i], list[i + 1]] = [list[i + 1], list[i]];
  };
  const throws = (action) => { try { action(); } catch { return true; } return false; };
  const json = JSON.parse;
`;

/** What the expression comes to in a fresh realm. */
export function naively(expression: string): unknown {
  return vm.runInNewContext(`${EVALUATOR}; ${expression}`, {}, { timeout: 10_000 });
}
