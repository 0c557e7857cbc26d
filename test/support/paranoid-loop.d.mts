import type { Plugin } from 'rolldown';

export function paranoidLoop(): Plugin;
