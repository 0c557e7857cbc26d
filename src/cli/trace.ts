/**
 * `run --trace [json]` and `run --explain FIELD`: runs that are recorded, and what is told of them on stderr.
 *
 * Promises: results on stdout are what they are without tracing; a run that fails is reported on before its error is.
 */
import process from 'node:process';
import { escapeControls } from '../base/render.ts';
import { suggestName } from '../base/suggest.ts';
import { stringify } from '../engine/json.ts';
import type { LoadedModule } from '../engine/loaded-module.ts';
import { createTracer, type Tracer } from '../engine/trace.ts';
import { renderExplanation } from '../engine/trace-explanation.ts';
import { splitPath } from '../engine/trace-path.ts';
import { renderReport, reportToJson } from '../engine/trace-report.ts';
import { oneLine } from '../engine/trace-values.ts';
import type { ParsedArguments } from './arguments.ts';
import { usageFailure } from './failure.ts';

/** Names of fields in a message. */
const MAX_NAMES = 12;

export interface TracedExport {
  readonly name: string;
  readonly waits: boolean;
}

export class CommandTrace {
  readonly #format: string | undefined;
  readonly #fields: readonly string[];
  readonly #isStream: boolean;
  #record = 0;
  #told: (() => void) | null = null;

  constructor(args: ParsedArguments, isStream: boolean) {
    this.#format = args.text('trace');
    this.#fields = args.texts('explain');
    this.#isStream = isStream;
    for (const field of this.#fields) {
      if (splitPath(field) === null)
        throw usageFailure(`--explain takes the path of a field, like total or lines[0].price, found '${field}'`);
    }
  }

  /** Which record of a stream is run next. */
  startRecord(record: number): void {
    this.#record = record;
  }

  /** The export as a function that runs it traced. Reports on a stream come record by record, others at `finish`. */
  runner(program: LoadedModule, { name, waits }: TracedExport): (input: unknown) => unknown {
    const finished = (tracer: Tracer, result: unknown): void => {
      const record = this.#record;
      this.#told = () => this.#tell(tracer, result, record);
      if (this.#isStream) this.finish();
    };
    const start = (): Tracer => createTracer({ step: this.#format !== undefined, includeEval: false });
    if (waits) {
      return async (input) => {
        const tracer = start();
        let result: unknown;
        try {
          result = await program.runAsync(name, input, { input: 'trusted', tracer });
          return result;
        } finally {
          finished(tracer, result);
        }
      };
    }
    return (input) => {
      const tracer = start();
      let result: unknown;
      try {
        result = program.run(name, input, { tracer });
        return result;
      } finally {
        finished(tracer, result);
      }
    };
  }

  /** Tells what is left to tell. */
  finish(): void {
    const tell = this.#told;
    this.#told = null;
    tell?.();
  }

  #tell(tracer: Tracer, result: unknown, record: number): void {
    const heading = this.#isStream ? `record ${record}\n` : '';
    if (this.#format === 'json') say(this.#jsonLine(tracer, record));
    else if (this.#format !== undefined) say(`${heading}${renderReport(tracer.report())}`);
    // A run that failed has no fields; its error follows.
    if (result === undefined) return;
    const missing: string[] = [];
    for (const field of this.#fields) {
      const explanation = tracer.explainField(field);
      if (explanation !== null) say(`${heading}${renderExplanation(explanation)}`);
      else missing.push(noSuchField(field, result));
    }
    if (missing.length === 0) return;
    // Of the records of a stream not each needs to have the field.
    if (this.#isStream) say(`${heading}${missing.join('\n')}`);
    else throw usageFailure(missing.join('; '));
  }

  #jsonLine(tracer: Tracer, record: number): string {
    const report = { ...(this.#isStream ? { record } : {}), ...tracer.report() };
    return reportToJson(report, (value) => stringify(value));
  }
}

/** Security: names and values of a program reach a terminal without control characters. */
function say(text: string): void {
  process.stderr.write(`${text.replaceAll('\t', ' ').split('\n').map(escapeControls).join('\n')}\n`);
}

function noSuchField(field: string, result: unknown): string {
  const records = Array.isArray(result) ? result : [result];
  const names = [...new Set(records.flatMap((record) => (isObject(record) ? Object.keys(record) : [])))];
  const shown = names.slice(0, MAX_NAMES).map(oneLine).join(', ');
  if (names.length === 0) return `there is no field '${field}': no record was output`;
  const near = suggestName(field, names);
  return `the output has no field '${field}'; ${near === undefined ? `it has ${shown}${names.length > MAX_NAMES ? ' …' : ''}` : `did you mean ${oneLine(near)}?`}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
