/**
 * Tracing as hosts use it: a tracer is made, given to one run, and asked afterwards, also when the run failed.
 *
 * Nothing here is process-global: two runs at a time have two tracers. Programs see only the tracer of their own run.
 */
import { ownOf } from '../base/own.ts';
import type { SourceText } from '../base/source.ts';
import { OP_NAMES, opRow } from '../bytecode/opcodes.ts';
import { Stop } from '../value/fault.ts';
import { isList, isRecord } from '../value/kinds.ts';
import type { RunObserver } from '../vm/observer.ts';
import { UsageError } from './errors.ts';
import type { TraceEvent, TraceOptions, TraceSettings, UntimedEvent } from './trace-events.ts';
import { Explainer } from './trace-explain.ts';
import type { Explanation } from './trace-explanation.ts';
import { InputPaths } from './trace-input.ts';
import { splitPath } from './trace-path.ts';
import { type NameProvenance, Provenance, provenanceValue } from './trace-provenance.ts';
import { TraceRecorder } from './trace-recorder.ts';
import { eventLabel, explainNames, TIMELINE_LENGTH, type TraceReport } from './trace-report.ts';
import { TraceTeller } from './trace-teller.ts';

const DEFAULT_MAX_EVENTS = 100_000;
const NAMES_OF_OPTIONS = new Set(['step', 'watch', 'captureValues', 'maxEvents', 'includeEval', 'includeCalls']);
const SWITCHES = ['step', 'captureValues', 'includeEval', 'includeCalls'] as const;

/** How the error event of a call begins; kind and name follow. */
const FAILED_CALL = 'call ';

interface Hotspot {
  readonly kind: string;
  readonly name: string | null;
  calls: number;
  total: number;
  readonly open: number[];
}

/**
 * Makes a tracer for one run.
 *
 * @throws UsageError for an unknown option.
 * @example
 * const tracer = createTracer({ step: true });
 * module.run('Enrich', order, { tracer });
 * console.log(tracer.explain('total'), tracer.report().hotspots);
 */
export function createTracer(options: TraceOptions = {}): Tracer {
  return new Tracer(settingsOf(options));
}

/** What a run needs to be traced. */
export interface Tracing {
  readonly observer: RunObserver;
  readonly instructions: Uint32Array;
}

/** How a run with these options is traced; null when it is not. */
export function tracingOf(
  options: { readonly tracer?: Tracer; readonly onTrace?: (event: TraceEvent) => void },
  source: SourceText,
): Tracing | null {
  const { tracer, onTrace } = options;
  if (tracer === undefined && onTrace === undefined) return null;
  return (tracer ?? createTracer({ step: true, maxEvents: 0 })).attach(source, onTrace);
}

export class Tracer {
  readonly #settings: TraceSettings;
  readonly #events: TraceEvent[] = [];
  readonly #provenance: Provenance;
  readonly #recorder: TraceRecorder;
  readonly #hotspots = new Map<string, Hotspot>();
  readonly #watches = new Map<string, { last: unknown; changes: number }>();
  readonly #checkpoints: { readonly at: number; readonly label: string | null }[] = [];
  readonly #asked = new Set<string>();
  readonly #instructions = new Uint32Array(256);
  #listener: ((event: TraceEvent) => void) | undefined;
  #source: SourceText | null = null;
  #startedAt = 0;
  #lastAt = 0;
  #totalEvents = 0;

  /** @internal use `createTracer`. */
  constructor(settings: TraceSettings) {
    this.#settings = settings;
    this.#provenance = new Provenance(settings.maxEvents);
    const teller = new TraceTeller(settings, this.#provenance, (event) => this.#take(event));
    this.#recorder = new TraceRecorder(settings.maxEvents, teller, {
      explain: (meter, name) => {
        const known = this.explain(name);
        return known === null ? undefined : provenanceValue(meter, known);
      },
    });
  }

  /** The events of the run in order, up to `maxEvents`. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /**
   * How a variable or output field got its value, by name: the last value and the steps that wrote it, as EXPLAIN shows
   * it to the program. Null when nothing is known. Variables are followed with `step` only.
   */
  explain(name: string): NameProvenance | null {
    this.#asked.add(name);
    return this.#provenance.explain(name) ?? null;
  }

  /** For each field of a result (for each index of a list) what `explain` gives. */
  explainOutput(result: unknown): { readonly [key: string]: NameProvenance | null } {
    const keys = isList(result) ? result.map((_, i) => String(i)) : isRecord(result) ? Object.keys(result) : [];
    return Object.fromEntries(keys.map((key) => [key, this.#provenance.explain(key) ?? null]));
  }

  /**
   * The tree of causes behind one field of what the run output, down to literals and fields of the input: `total`,
   * `lines[0].price`; with several records `[1].total`, otherwise the first record that has the field. Null when none has.
   */
  explainField(field: string): Explanation | null {
    const path = splitPath(field);
    if (path === null) throw new UsageError(`"${field}" is no path of a field; write it like total or lines[0].price`);
    const source = this.#source;
    if (source === null) return null;
    const { outputs, result, input, isFull } = this.#recorder;
    const explainer = new Explainer(source, new InputPaths(input?.name ?? 'input', input?.value ?? null), isFull);
    if (outputs.length === 0) return result === null ? null : explainer.result(result, path);
    const [first, ...rest] = path;
    if (typeof first === 'number') {
      const step = outputs[first];
      return step === undefined ? null : explainer.output(step, rest);
    }
    for (const step of outputs) {
      const found = explainer.output(step, path);
      if (found !== null) return found;
    }
    return null;
  }

  report(): TraceReport {
    const hotspots = [...this.#hotspots.values()].filter((spot) => spot.calls > 0);
    return {
      totalEvents: this.#totalEvents,
      duration: this.#lastAt,
      timelineSample: this.#events
        .slice(0, TIMELINE_LENGTH)
        .map((event) => ({ at: event.at, kind: event.kind, label: eventLabel(event) })),
      hotspots: hotspots
        .sort((a, b) => b.total - a.total)
        .map(({ kind, name, calls, total }) => ({ kind, name, calls, total, mean: total / calls })),
      watches: Object.fromEntries([...this.#watches].map(([name, { last, changes }]) => [name, { last, changes }])),
      checkpoints: [...this.#checkpoints],
      explanations: explainNames(this.#provenance, [...this.#asked]),
      instructions: this.#instructionCounts(),
      rows: this.#recorder.outputCount,
    };
  }

  /** @internal Gives it to its run. */
  attach(source: SourceText, listener: ((event: TraceEvent) => void) | undefined): Tracing {
    if (this.#recorder.hasBegun) throw new UsageError('a tracer belongs to one run; make another with createTracer()');
    this.#source = source;
    this.#listener = listener;
    return { observer: this.#recorder, instructions: this.#instructions };
  }

  #take(untimed: UntimedEvent): void {
    const now = performance.now();
    if (this.#totalEvents === 0) this.#startedAt = now;
    const at = now - this.#startedAt;
    const event = { at, ...untimed } as TraceEvent;
    this.#lastAt = at;
    this.#totalEvents++;
    if (this.#events.length < this.#settings.maxEvents) this.#events.push(event);
    this.#count(event);
    if (this.#listener !== undefined) this.#inform(this.#listener, event);
  }

  #inform(listener: (event: TraceEvent) => void, event: TraceEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#listener = undefined;
      throw new Stop('MR4012', `onTrace threw ${error instanceof Error ? error.message : 'something'}`);
    }
  }

  #count(event: TraceEvent): void {
    switch (event.kind) {
      case 'call': {
        if (event.call === 'CHECKPOINT') {
          if (this.#checkpoints.length < this.#settings.maxEvents)
            this.#checkpoints.push({ at: event.at, label: event.name });
          return;
        }
        this.#hotspot(event.call, event.name).open.push(event.at);
        return;
      }
      case 'return': {
        const spot = this.#hotspot(event.call, event.name);
        const from = spot.open.pop();
        spot.calls++;
        if (from !== undefined) spot.total += event.at - from;
        return;
      }
      case 'error':
        if (event.text.startsWith(FAILED_CALL)) this.#hotspots.get(event.text.slice(FAILED_CALL.length))?.open.pop();
        return;
      case 'read': {
        const known = this.#watches.get(event.name);
        if (known === undefined) {
          if (this.#watches.size < this.#settings.maxEvents)
            this.#watches.set(event.name, { last: event.value, changes: 0 });
        } else if (!Object.is(known.last, event.value)) {
          known.last = event.value;
          known.changes++;
        }
        return;
      }
      default:
        return;
    }
  }

  #hotspot(kind: string, name: string | null): Hotspot {
    const id = `${kind} ${name ?? '<lambda>'}`;
    const known = this.#hotspots.get(id);
    if (known !== undefined) return known;
    const spot: Hotspot = { kind, name, calls: 0, total: 0, open: [] };
    this.#hotspots.set(id, spot);
    return spot;
  }

  #instructionCounts(): { readonly [opcode: string]: number } {
    const counts: Record<string, number> = {};
    for (const name of OP_NAMES) {
      const { code, effect } = opRow(name);
      const count = this.#instructions[code] as number;
      if (count > 0 && effect !== 'trace') counts[name] = count;
    }
    return counts;
  }
}

function settingsOf(given: TraceOptions): TraceSettings {
  if (typeof given !== 'object' || given === null) throw new UsageError('the options of createTracer() are an object');
  const options = ownOf(given);
  for (const name of Object.keys(options)) {
    if (!NAMES_OF_OPTIONS.has(name))
      throw new UsageError(`createTracer() has no option "${name}"; it takes ${[...NAMES_OF_OPTIONS].join(', ')}`);
  }
  for (const name of SWITCHES) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      throw new UsageError(`the option ${name} of createTracer() is true or false`);
  }
  const { watch = [], maxEvents = DEFAULT_MAX_EVENTS } = options;
  if (!Array.isArray(watch) || !watch.every((name) => typeof name === 'string'))
    throw new UsageError('the option watch of createTracer() is a list of names');
  if (!Number.isSafeInteger(maxEvents) || maxEvents < 0)
    throw new UsageError('the option maxEvents of createTracer() is a whole number');
  const { step = false, captureValues = true, includeEval = true, includeCalls = true } = options;
  return { step, watch: new Set(watch), captureValues, maxEvents, includeEval, includeCalls };
}
