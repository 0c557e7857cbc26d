/** Nanoseconds per workload and candidate, as they stand in `baseline.json`. */
type Speed = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Lines of Markdown. */
export declare function speedTable(speed: Speed): readonly string[];
