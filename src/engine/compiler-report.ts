/** What became JavaScript while programs ran, why not, and at what cost, for people. Loaded on use: it brings the compiler along. */
import { JIT_REFUSALS, type JitRefusal, type TierEvent } from '../jit/index.ts';

export class CompilerReport {
  readonly #events: TierEvent[] = [];

  readonly onCompiled = (event: TierEvent): void => {
    this.#events.push(event);
  };

  /** The process forbids that text becomes code: one fact, however many units were refused for it. */
  get forbidden(): string | null {
    return this.#refused('forbidden').length > 0
      ? `${JIT_REFUSALS.forbidden}: programs stay with the interpreter`
      : null;
  }

  /** A line for all, then one for each text that was made and each refusal. */
  lines(): readonly string[] {
    const { forbidden } = this;
    if (forbidden !== null) return [forbidden];
    if (this.#events.length === 0)
      return ['nothing was compiled: nothing ran hot in a run that needs not wait and is not traced'];
    const made = this.#events.filter(({ refusal }) => refusal === null);
    const loops = made.filter(({ loop }) => loop !== null).length;
    const units = made.reduce((sum, event) => sum + (event.loop === null ? event.units.length : 0), 0);
    const sum = total(this.#events);
    return [
      `${counted(units, 'unit')} and ${counted(loops, 'loop')} compiled: ${costOf(sum)}`,
      ...this.#events.map((event) => `  ${lineOf(event)}`),
    ];
  }

  #refused(reason: JitRefusal): readonly TierEvent[] {
    return this.#events.filter(({ refusal }) => refusal === reason);
  }
}

type Cost = Pick<TierEvent, 'milliseconds' | 'text'>;

function total(events: readonly Cost[]): Cost {
  return {
    milliseconds: events.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    text: events.map(({ text }) => text).join(''),
  };
}

function lineOf(event: TierEvent): string {
  const { unit, units, loop, refusal } = event;
  const what = loop === null ? unit.name : `loop ${loop + 1} of ${unit.name}`;
  if (refusal !== null) return `${what} stays with the interpreter: ${JIT_REFUSALS[refusal]}`;
  const others = units.filter((member) => member !== unit).map(({ name }) => name);
  return `${what}${others.length === 0 ? '' : ` with ${others.join(', ')}`}: ${costOf(event)}`;
}

function costOf({ milliseconds, text }: Cost): string {
  return `${milliseconds.toFixed(1)} ms, ${text.length.toLocaleString('en-US')} characters`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
