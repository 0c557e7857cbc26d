/** The JIT as the engine sees it. Loaded on its own, in the background: acorn and astring are not on the way of a first run. */

export { listUnits, type UnitListing } from './listing.ts';
export { JIT_REFUSALS, type JitRefusal } from './refusals.ts';
export { HotTier, type TierEvent, type TierOptions } from './tier.ts';
