/** What the bench imports. */
export { CASES, unmeasuredFunctions, unmeasuredOpcodes } from './cases.ts';
export { Machine } from './measure.ts';
export { Table } from './table.ts';
