/** The directives of test scripts: what script.ts reads and help shows. */

/** What a directive says, for help and for errors. */
export const DIRECTIVES = {
  input: ['{"a":1}', 'input of the run that the next expect describes; null unless given'],
  expect: ['{"v":1}', 'the result: null for no record, the record, or a list of several'],
  'expect error': ['MR6003 @4 IllegalArgumentException Division by zero', 'how the run ends'],
  'expect load': ["MR2001 @3:9 'zz'", 'a finding with this code and place whose message holds the text'],
  options: ['fuel=1000 memory=8000000', 'limits of the runs'],
  export: ['Name', 'runs this export; default: the first TRANSFORM'],
  grants: ['host:console', 'what is granted beside host:shared: host:console, host:clock'],
  clock: ['2026-11-20T10:00:00Z', 'the time that host:clock tells'],
  printed: ['["x"]', 'what the console received'],
  resume: ['[1]', 'answers to SUSPEND'],
  requests: ['["q"]', 'what SUSPEND asked for'],
  waits: ['[50]', 'how long BACKOFF wanted to wait, in ms; nobody waits'],
} as const;

export type DirectiveName = keyof typeof DIRECTIVES;

export const GRANTABLE = ['host:console', 'host:clock', 'host:shared'] as const;
