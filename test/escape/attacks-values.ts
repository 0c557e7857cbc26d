/** C: host values that would run code when they are converted, copied or enumerated. */
import type { InputMode } from '../../src/index.ts';
import type { Expected } from './attack.ts';

/** A value of the host that counts how often it ran code or was converted. */
export interface Trapped {
  readonly value: unknown;
  readonly touched: () => number;
}

function trapped(make: (touch: () => void) => unknown): Trapped {
  let count = 0;
  const value = make(() => {
    count++;
  });
  count = 0;
  return { value, touched: () => count };
}

/** A host value that must be refused in a copied input, as an answer, and run nothing in either. */
export interface ValueAttack {
  readonly number: number;
  readonly idea: string;
  readonly make: () => Trapped;
  readonly mode: InputMode;
  readonly expected: Expected;
  /** Read in place (`input: 'trusted'`), getters run where the program reads them; everything else does not. */
  readonly inPlace?: 'runs';
  /** How JavaScript programs handle such a value; must touch it. */
  readonly naively: (value: never) => unknown;
}

const refused = (what: string): Expected => ({
  code: 'MR6016',
  says: `input.x is ${what}, which programs cannot take`,
});

class Account {
  readonly #balance = 5;
  readonly #touch: () => void;
  constructor(touch: () => void) {
    this.#touch = touch;
  }
  toString(): string {
    this.#touch();
    return `balance ${this.#balance}`;
  }
}

const text = (value: never): string => `${value}`;

export const VALUE_ATTACKS: readonly ValueAttack[] = (['checked', 'copy'] as const).flatMap(
  (mode): readonly ValueAttack[] => [
    {
      number: 70,
      idea: 'an object with a getter',
      make: () => trapped((touch) => Object.defineProperty({}, 'password', { get: touch, enumerable: true })),
      mode,
      expected: { code: 'MR6016', says: 'input.x.password is an accessor' },
      inPlace: 'runs',
      naively: (value) => ({ ...(value as object) }),
    },
    {
      number: 72,
      idea: 'an instance of a class',
      make: () => trapped((touch) => new Account(touch)),
      mode,
      expected: refused('an instance of a class'),
      naively: text,
    },
    {
      number: 73,
      idea: 'a function',
      make: () => trapped((touch) => touch),
      mode,
      expected: refused('a function'),
      naively: (value: () => void) => value(),
    },
    {
      number: 74,
      idea: 'a promise',
      make: () => trapped((touch) => Object.assign(Promise.resolve(1), { toString: touch })),
      mode,
      expected: refused('an instance of a class'),
      naively: text,
    },
    {
      number: 75,
      idea: 'a view of shared memory',
      make: () =>
        trapped((touch) =>
          Object.defineProperty(new Uint8Array(new SharedArrayBuffer(4)), 'toString', { value: touch }),
        ),
      mode,
      expected: refused('a view of shared memory'),
      naively: text,
    },
    {
      number: 78,
      idea: 'a Date that converts itself',
      make: () => trapped((touch) => Object.assign(new Date(0), { toString: touch, toJSON: touch })),
      mode,
      expected: refused('an instance of a class'),
      naively: (value) => JSON.stringify(value),
    },
    {
      number: 47,
      idea: 'a function under `toJSON`',
      make: () => trapped((touch) => ({ toJSON: touch })),
      mode,
      expected: { code: 'MR6016', says: 'input.x.toJSON is a function' },
      naively: (value) => JSON.stringify(value),
    },
    {
      number: 52,
      idea: 'functions under `toString` and `valueOf`',
      make: () => trapped((touch) => ({ toString: touch, valueOf: touch })),
      mode,
      expected: { code: 'MR6016', says: 'input.x.toString is a function' },
      naively: (value) => Reflect.get({}, value),
    },
    {
      number: 65,
      idea: 'a list of a class with its own species',
      make: () =>
        trapped((touch) => {
          class Foreign extends Array<number> {
            static override get [Symbol.species](): ArrayConstructor {
              touch();
              return Array;
            }
          }
          return Foreign.of(1, 2);
        }),
      mode,
      expected: refused('an instance of a class'),
      naively: (value: readonly number[]) => value.map((x) => x),
    },
    {
      number: 52,
      idea: 'an object with a symbol key that conversions ask for',
      make: () => trapped((touch) => ({ [Symbol.toPrimitive]: touch })),
      mode,
      expected: refused('an object with a symbol key'),
      naively: (value) => Number(value),
    },
  ],
);
