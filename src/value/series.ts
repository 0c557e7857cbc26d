/** Whole numbers at equal distances, as RANGE gives them; a loop that only counts needs no list of them. */
import { sealPrototype } from './null-prototype.ts';

export class Series {
  readonly #start: number;
  readonly #step: number;
  readonly #count: number;

  /** Invariant: every element is a safe integer; whoever makes it has charged for the list. */
  constructor(start: number, step: number, count: number) {
    this.#start = start + 0;
    this.#step = step;
    this.#count = count;
  }

  static startOf(series: Series): number {
    return series.#start;
  }

  static stepOf(series: Series): number {
    return series.#step;
  }

  static countOf(series: Series): number {
    return series.#count;
  }

  static listOf(series: Series): number[] {
    const list: number[] = [];
    for (let i = 0; i < series.#count; i++) list.push(series.#start + i * series.#step + 0);
    return list;
  }
}
sealPrototype(Series);
