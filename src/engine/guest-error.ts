/** What a host function throws to tell a program something, for the rooms that make host functions. */
export { GuestError } from '../vm/host-errors.ts';
