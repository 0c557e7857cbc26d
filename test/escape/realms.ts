/**
 * Realms in which an attack must end the same: as Node made it, and as careless packages leave it. What is added is undone
 * when the action has ended, however it ends. The added names and the spies are harmless by themselves: what would see the
 * writes of programs is an attack of its own.
 */
export interface Realm {
  readonly name: string;
  readonly during: <T>(action: () => Promise<T>) => Promise<T>;
  /** Calls of replaced built-ins so far. */
  readonly spied: () => number;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

let calls = 0;

const ADDED: readonly (readonly [object, string, unknown])[] = [
  [Object.prototype, 'polluted', 'from Object.prototype'],
  [Object.prototype, 'k', 'from Object.prototype'],
  [Object.prototype, 'x', 1],
  [Object.prototype, 'then_', () => 'polluted'],
  [Array.prototype, 'last', () => 'from Array.prototype'],
];

const REPLACED: readonly (readonly [object, string | symbol])[] = [
  ...['push', 'pop', 'sort', 'map', 'slice', 'concat', 'splice', 'indexOf', 'join', Symbol.iterator].map(
    (name) => [Array.prototype, name] as const,
  ),
  ...['split', 'replace', 'replaceAll', 'slice', 'charCodeAt'].map((name) => [String.prototype, name] as const),
  ...['get', 'set', 'has'].map((name) => [Map.prototype, name] as const),
  [JSON, 'stringify'],
  [JSON, 'parse'],
];

export const REALMS: readonly [clean: Realm, polluted: Realm] = [
  { name: 'clean', during: (action) => action(), spied: () => calls },
  { name: 'polluted', during: polluted, spied: () => calls },
];

async function polluted<T>(action: () => Promise<T>): Promise<T> {
  const undo: (() => void)[] = [];
  try {
    for (const [holder, name, value] of ADDED) define(undo, holder, name, { value, enumerable: true });
    for (const [holder, name] of REPLACED) {
      const original = Reflect.get(holder, name) as AnyFunction;
      const spy: AnyFunction = function (...args) {
        calls++;
        return Reflect.apply(original, this, args);
      };
      define(undo, holder, name, { value: spy, enumerable: false });
    }
    return await action();
  } finally {
    for (let i = undo.length - 1; i >= 0; i--) undo[i]?.();
  }
}

/** Adds a property for as long as the action takes. */
export async function withProperty<T>(
  holder: object,
  name: string | symbol,
  descriptor: PropertyDescriptor,
  action: () => T | Promise<T>,
): Promise<T> {
  const undo: (() => void)[] = [];
  try {
    define(undo, holder, name, descriptor);
    return await action();
  } finally {
    for (const step of undo) step();
  }
}

function define(undo: (() => void)[], holder: object, name: string | symbol, descriptor: PropertyDescriptor): void {
  const before = Object.getOwnPropertyDescriptor(holder, name);
  // Both made now: while the realm is polluted, nothing here calls what was replaced.
  undo[undo.length] =
    before === undefined
      ? () => void Reflect.deleteProperty(holder, name)
      : () => void Reflect.defineProperty(holder, name, before);
  const isAccessor = descriptor.get !== undefined || descriptor.set !== undefined;
  Reflect.defineProperty(holder, name, {
    configurable: true,
    ...(isAccessor ? {} : { writable: true }),
    ...descriptor,
  });
}
