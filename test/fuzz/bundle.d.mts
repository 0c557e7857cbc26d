import type { Plugin } from 'rolldown';

export interface OpenBundle<T> {
  readonly exports: T;
  close(): Promise<void>;
}

export function openBundle<T>(file: string, plugins: readonly Plugin[]): Promise<OpenBundle<T>>;
export function withBundle<T, R>(
  file: string,
  plugins: readonly Plugin[],
  use: (exports: T) => R | Promise<R>,
): Promise<R>;
