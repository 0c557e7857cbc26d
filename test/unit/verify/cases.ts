/**
 * For each reason of refusal: modules made by hand that break one rule, and their well-formed twins.
 */
import type { Reason } from '../../../src/verify/reasons.ts';
import type { Case } from './case-parts.ts';
import { CODE_CASES } from './code-cases.ts';
import { STATE_CASES } from './state-cases.ts';
import { TABLE_CASES } from './table-cases.ts';

/** That there is one for each reason, the compiler checks. */
export const CASES: { readonly [R in Reason]: readonly Case[] } = { ...TABLE_CASES, ...CODE_CASES, ...STATE_CASES };
