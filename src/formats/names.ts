/** THE lists of formats, and which of them the name of a file stands for. */
export const INPUT_FORMATS = ['json', 'ndjson', 'csv', 'xml', 'yaml'] as const;
export const OUTPUT_FORMATS = [
  'json',
  'json-compact',
  'json-canonical',
  'ndjson',
  'csv',
  'xml',
  'xml-compact',
  'yaml',
] as const;

export type InputFormat = (typeof INPUT_FORMATS)[number];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const FORMAT_BY_EXTENSION: ReadonlyMap<string, InputFormat> = new Map([
  ['json', 'json'],
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['xml', 'xml'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
]);

/** Every one of them is an output format too. */
export function formatOfFile(name: string): InputFormat | undefined {
  return FORMAT_BY_EXTENSION.get(extensionOf(name));
}

/** What separates fields in a CSV file of this name. */
export function delimiterOfFile(name: string): string {
  return extensionOf(name) === 'tsv' ? '\t' : ',';
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}
