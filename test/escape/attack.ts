/**
 * What an entry of the escape corpus is. Each attack says how it must end, what proves that it got as far as its defence
 * (`reached`), and how it would have ended without that defence (the control of its family). A test that could pass
 * without either is not an entry.
 */
import type { OpName } from '../../src/bytecode/opcodes.ts';
import {
  createHost,
  type HostOptions,
  type InternalOptions,
  type Limits,
  type LoadedModule,
  type LoadOptions,
  MillraceError,
  type ModuleSource,
} from '../../src/index.ts';
import { type Form, inForm } from '../support/forms.ts';

export type Family = keyof typeof FAMILIES;

/** Families and what disables the one defence in their controls. */
export const FAMILIES = {
  'generated code':
    'the text that a generator prints which trusts what it is given, and without the gate; or the same work by a compiler that keeps no order',
  'prototype reach': 'the same steps, taken by an evaluator that walks real objects, in a realm of its own',
  'host boundary': 'the same host value or error, handled the way JavaScript programs handle it',
  linking: 'the same modules on a host that asks for less, or linked the way a program is linked that asks nobody',
  tree: 'the sound tree loads and runs; where rules of the language refuse, the same code as a binary module ends as said',
  verifier:
    'the same module, run without verification under a watcher of every instruction; its well-formed twin passes',
  'binary form': 'the same file without the one damage loads and runs',
  limits: 'the same program with the limit lifted goes beyond it',
  'bounded work': 'the same work done by what JavaScript offers for it',
} as const;

/** The exact end of an attack: a result, or an error by its code and a part of its message. */
export type Expected = { readonly result: unknown } | { readonly code: string; readonly says: string };

interface Entry {
  /** In the list of attacks of the security guide. */
  readonly number: number;
  readonly idea: string;
}

/** An attack by a program: run in each form of modules and in each realm. */
export interface ProgramAttack extends Entry {
  readonly program: string;
  readonly input?: () => unknown;
  readonly limits?: Partial<Limits>;
  readonly expected: Expected;
  /** Instructions of which one must have been executed: the hostile operation itself. */
  readonly reached: readonly OpName[];
}

/** Of a program that a naive evaluator would have let through: an expression over `naive.ts` that must be true. */
export interface ReachAttack extends ProgramAttack {
  readonly naive: string;
}

/** An attack in which code of the host takes part; `attack` says what came of it, `control` what comes of it elsewhere. */
export interface HostAttack extends Entry {
  readonly family: Family;
  readonly expected: Expected;
  /** Where not each form can say it, or the form makes no difference. */
  readonly forms?: readonly Form[];
  /** Throws or resolves as the attack ends. Calls `reached` where the hostile operation is about to be judged. */
  readonly attack: (reached: () => void, load: Load, as: (text: string) => ModuleSource) => unknown;
  /** True when the attack succeeds without the defence. */
  readonly control: () => unknown;
}

/** Loads a text in the form under test. */
export type Load = (text: string, host?: HostOptions, options?: LoadOptions) => Promise<LoadedModule>;

export const FORMS: readonly Form[] = ['source', 'json', 'binary'];

export function loadIn(form: Form, internals: InternalOptions = {}): Load {
  return (text, host = {}, options = {}) => createHost({ internals, ...host }).load(inForm(form, text), options);
}

/** How an action ended, in the words of `Expected`. */
export type Ending = { readonly result: unknown } | { readonly code: string; readonly message: string };

export async function endingOf(action: () => unknown): Promise<Ending> {
  try {
    return { result: await action() };
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const notes = error.diagnostics.flatMap((diagnostic) => diagnostic.notes);
    return { code: error.code, message: [error.message, ...notes].join('\n') };
  }
}
