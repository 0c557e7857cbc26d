/**
 * Contracts of parameters and results: a type text (contract-type.ts), or any Standard Schema (https://standardschema.dev)
 * that answers at once. Read when the capability is made; a contract that cannot be read throws there.
 */
import { foundIn, type Mismatch, readContractType } from './contract-type.ts';

/** The interface that schema libraries share, as far as it is used here. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | PromiseLike<StandardResult>;
  };
}

export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A type text such as `'{ id: string, tags?: string[] }'`, or a schema. */
export type ContractInput = string | StandardSchema;

export interface Violation extends Mismatch {
  /** What the schema said; for the host, since it may quote anything. */
  readonly issues: readonly string[];
}

export interface Contract {
  /** A schema may change the value; a type text only looks at it. */
  readonly kind: 'type' | 'schema';
  /** The value to hand on, or what is wrong with it. Throws what a schema throws. */
  check(value: unknown): { readonly value: unknown } | { readonly violation: Violation };
}

export interface Parameter {
  readonly name: string | null;
  readonly contract: Contract;
}

const NAMED = /^\s*([A-Za-z_]\w*)\s*:(.*)$/s;

/** `'string'`, `'sku: string'` or a schema. @throws TypeError or SyntaxError */
export function readParameter(input: ContractInput, where: string): Parameter {
  const named = typeof input === 'string' ? NAMED.exec(input) : null;
  return named === null
    ? { name: null, contract: readContract(input, where) }
    : { name: named[1] as string, contract: readContract(named[2] as string, where) };
}

/** @throws TypeError or SyntaxError */
export function readContract(input: ContractInput, where: string): Contract {
  if (typeof input === 'string') {
    try {
      return typeContract(input);
    } catch (error) {
      if (error instanceof SyntaxError) throw new TypeError(`${where}: ${error.message}`);
      throw error;
    }
  }
  return schemaContract(input, where);
}

function typeContract(text: string): Contract {
  const type = readContractType(text);
  return {
    kind: 'type',
    check: (value) => {
      const mismatch = type.mismatch(value);
      return mismatch === null ? { value } : { violation: { ...mismatch, issues: [] } };
    },
  };
}

function schemaContract(schema: StandardSchema, where: string): Contract {
  const isHolder = (typeof schema === 'object' && schema !== null) || typeof schema === 'function';
  const standard = isHolder ? schema['~standard'] : undefined;
  if (standard?.version !== 1 || typeof standard.validate !== 'function')
    throw new TypeError(`${where} is a type text such as 'string', or a Standard Schema (version 1)`);
  return {
    kind: 'schema',
    check: (value) => {
      const result: unknown = standard.validate(value);
      const { issues, value: accepted } = resultOf(result, where);
      return issues === null ? { value: accepted } : { violation: violationOf(issues, value) };
    },
  };
}

/** Fails closed: only an object whose `issues` is undefined accepts the value. */
function resultOf(
  result: unknown,
  where: string,
): { readonly value: unknown; readonly issues: readonly unknown[] | null } {
  if (typeof result !== 'object' || result === null) throw new TypeError(`the schema of ${where} gave no result`);
  const { then, issues, value } = result as Record<'then' | 'issues' | 'value', unknown>;
  if (typeof then === 'function') {
    // Nobody waits for it: its rejection must not become an unhandled one.
    new Promise((resolve) => resolve(result)).catch(() => {});
    throw new TypeError(`the schema of ${where} answers with a promise; contracts are checked at once`);
  }
  if (issues === undefined) return { value, issues: null };
  return { value: undefined, issues: Array.isArray(issues) ? issues : [] };
}

function violationOf(issues: readonly unknown[], value: unknown): Violation {
  const [first] = issues as readonly Partial<StandardIssue>[];
  return {
    path: pathOf(first?.path),
    expected: 'what its schema takes',
    found: foundIn(value),
    issues: issues.map((issue) => String((issue as Partial<StandardIssue> | null)?.message)),
  };
}

function pathOf(path: StandardIssue['path']): (string | number)[] {
  if (!Array.isArray(path)) return [];
  const keys = path.map((step: unknown) =>
    typeof step === 'object' && step !== null && 'key' in step ? step.key : step,
  );
  return keys.filter((key): key is string | number => typeof key === 'string' || typeof key === 'number');
}
