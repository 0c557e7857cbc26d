/**
 * A table of options without what it would inherit: other code in the process may have put any name on Object.prototype,
 * and none of them is an option that its owner has set.
 */
export function ownOf<T extends object>(table: T): T {
  return Object.assign(Object.create(null), table);
}
